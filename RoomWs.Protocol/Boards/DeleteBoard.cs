namespace RoomWs.Protocol.Boards;

/// <summary>
/// ROOM_BOARD_DELETE, by OWNER and ADMIN: ends a board with its content. Replied to with ROOM_BOARD_DELETED, which every other socket
/// of every member gets too. Errors: NOT_FOUND (room or board), FORBIDDEN, CONFLICT (the board is the active one; activate another, or
/// none, first).
/// </summary>
[Request(MessageTypes.RoomBoardDelete, "End a board", typeof(BoardDeleted), Errors = [ErrorCode.NotFound, ErrorCode.Forbidden, ErrorCode.Conflict])]
[Tells(Audience.Others, typeof(BoardDeleted))]
public sealed record DeleteBoard
{
    /// <summary>The room.</summary>
    public required string RoomId { get; init; }

    /// <summary>The board.</summary>
    public required string BoardId { get; init; }
}

/// <summary>ROOM_BOARD_DELETED.</summary>
/// <param name="RoomId">The room.</param>
/// <param name="BoardId">The board that was.</param>
[Message(MessageTypes.RoomBoardDeleted)]
public sealed record BoardDeleted(string RoomId, string BoardId) : ServerMessage;
