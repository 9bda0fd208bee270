namespace RoomWs.Protocol.Boards;

/// <summary>ROOM_BOARD_LIST, by a member: the room's boards, oldest first, in a ROOM_BOARD_LIST_RESPONSE.</summary>
[Request(MessageTypes.RoomBoardList, "List the boards", typeof(BoardListResponse), Errors = [ErrorCode.NotFound, ErrorCode.Forbidden])]
public sealed record ListBoards
{
    /// <summary>The room.</summary>
    public required string RoomId { get; init; }
}

/// <summary>ROOM_BOARD_LIST_RESPONSE.</summary>
/// <param name="RoomId">The room.</param>
/// <param name="Boards">Its boards, oldest first.</param>
[Message(MessageTypes.RoomBoardListResponse)]
public sealed record BoardListResponse(string RoomId, IReadOnlyList<Board> Boards) : ServerMessage;
