namespace RoomWs.Server.Model;

/// <summary>The user that a request acts for: the identity of its connection when the request came in.</summary>
internal sealed record Caller(string UserId, string Username, bool IsAdmin);
