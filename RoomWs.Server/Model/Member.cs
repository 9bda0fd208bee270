using RoomWs.Protocol.Members;

namespace RoomWs.Server.Model;

/// <summary>A member of a room, in a snapshot.</summary>
internal readonly record struct Member(string UserId, RoomRole Role, long JoinedAt);
