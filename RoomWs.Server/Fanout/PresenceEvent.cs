using RoomWs.Protocol.Live;

namespace RoomWs.Server.Fanout;

/// <summary>A user has come or gone.</summary>
/// <param name="UserId">The user.</param>
/// <param name="Username">Its name at that time.</param>
/// <param name="Status">Which of the two.</param>
/// <param name="At">When, in Unix milliseconds.</param>
/// <param name="Position">Its place in the feed. Behind all others where there is none.</param>
internal sealed record PresenceEvent(string UserId, string Username, PresenceStatus Status, long At, long Position = long.MaxValue);
