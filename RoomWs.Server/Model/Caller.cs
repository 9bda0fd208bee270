namespace RoomWs.Server.Model;

/// <summary>The user that a request acts for: the identity of its connection when the request came in.</summary>
internal sealed record Caller(string UserId, string Username, bool IsAdmin)
{
    /// <summary>What the connection was sent of boards. It stays when a fresh token makes a new caller.</summary>
    public SeenBoards SeenBoards { get; init; } = new();
}
