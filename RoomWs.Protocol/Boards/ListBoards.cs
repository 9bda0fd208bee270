using System.Text.Json.Serialization;

namespace RoomWs.Protocol.Boards;

/// <summary>ROOM_BOARD_LIST, by a member: the room's boards, oldest first and page by page, in a ROOM_BOARD_LIST_RESPONSE.</summary>
[Request(MessageTypes.RoomBoardList, "List the boards", typeof(BoardListResponse), Errors = [ErrorCode.NotFound, ErrorCode.Forbidden])]
public sealed record ListBoards
{
    /// <summary>The room.</summary>
    public required string RoomId { get; init; }

    /// <summary>Boards in the page: 1-500, 100 where absent.</summary>
    public int? Limit { get; init; }

    /// <summary>The <c>nextCursor</c> of the page before.</summary>
    public string? Cursor { get; init; }
}

/// <summary>ROOM_BOARD_LIST_RESPONSE.</summary>
/// <param name="RoomId">The room.</param>
/// <param name="Boards">Its boards, oldest first.</param>
/// <param name="NextCursor">Give it back for the next page; absent on the last.</param>
[Message(MessageTypes.RoomBoardListResponse)]
public sealed record BoardListResponse(string RoomId, IReadOnlyList<Board> Boards, [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? NextCursor) : ServerMessage;
