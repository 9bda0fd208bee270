namespace RoomWs.Server.Model;

/// <summary>Who a request acts for: the identity of its connection at the moment it came in.</summary>
internal sealed record Caller(string UserId, string Username, bool IsAdmin);
