using System.Text.Json.Serialization;

namespace RoomWs.Protocol.Boards;

/// <summary>
/// ROOM_BOARD_STATE, by a member: a board's content - the last snapshot and the updates after it - page by page, in a
/// ROOM_BOARD_STATE_RESPONSE. Errors: NOT_FOUND (room, board, or the snapshot before the last), FORBIDDEN.
/// </summary>
[Request(MessageTypes.RoomBoardState, "Read a board", typeof(BoardStateResponse), Errors = [ErrorCode.NotFound, ErrorCode.Forbidden], Restriction = "`previous`: OWNER, ADMIN")]
public sealed record GetBoardState
{
    /// <summary>The room.</summary>
    public required string RoomId { get; init; }

    /// <summary>The board.</summary>
    public required string BoardId { get; init; }

    /// <summary>The number of the last update that the client has; the whole board where absent.</summary>
    public long? AfterSeq { get; init; }

    /// <summary>The board's epoch when the client had that update. Where the board has another now, the number means nothing.</summary>
    public string? Epoch { get; init; }

    /// <summary>Shows the board by the snapshot before the last one, as if the last had not been made. OWNER and ADMIN.</summary>
    public bool Previous { get; init; }
}

/// <summary>ROOM_BOARD_STATE_RESPONSE.</summary>
/// <param name="RoomId">The room.</param>
/// <param name="BoardId">The board.</param>
/// <param name="Epoch">The board's epoch, which the numbers belong to.</param>
/// <param name="Snapshot">What stands for all updates up to its number; null where there is none, or the client is past it.</param>
/// <param name="Updates">The updates after that, by rising number.</param>
/// <param name="HasMore">Whether there are more: ask again with the last number as afterSeq.</param>
/// <param name="Reset">Whether the client's number means nothing, and this begins at the beginning; absent where it does not.</param>
[Message(MessageTypes.RoomBoardStateResponse)]
public sealed record BoardStateResponse(
    string RoomId,
    string BoardId,
    string Epoch,
    BoardSnapshot? Snapshot,
    IReadOnlyList<BoardUpdate> Updates,
    bool HasMore,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)] bool Reset) : ServerMessage;

/// <summary>A client's compaction of a board.</summary>
/// <param name="Seq">The number of the last update that it holds.</param>
/// <param name="Payload">The client's own form of it.</param>
public sealed record BoardSnapshot(long Seq, string Payload);

/// <summary>An update of a board.</summary>
/// <param name="Seq">Its number.</param>
/// <param name="UserId">Whose it is.</param>
/// <param name="Payload">As it came in.</param>
public sealed record BoardUpdate(long Seq, string UserId, string Payload);
