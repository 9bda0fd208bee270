using RoomWs.Protocol.Members;

namespace RoomWs.Server.Model;

/// <summary>A membership, as a snapshot holds it.</summary>
internal readonly record struct Member(string UserId, RoomRole Role, long JoinedAt);
