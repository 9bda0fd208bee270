namespace RoomWs.Protocol.Boards;

/// <summary>
/// ROOM_BOARD_SNAPSHOT, by a member: the client's compaction of all updates up to a number, which stands for those from then on. Replied to with
/// ROOM_BOARD_SNAPSHOT_RESPONSE. Errors: NOT_FOUND (room or board), FORBIDDEN, CONFLICT (a number that is not past the last snapshot, or
/// past the last update; of a MEMBER, past what its connection was sent), VALIDATION_ERROR.
/// </summary>
[Request(MessageTypes.RoomBoardSnapshot, "Replace old updates by what they add up to", typeof(SnapshotBoardResponse), Errors = [ErrorCode.NotFound, ErrorCode.Forbidden, ErrorCode.Conflict], Restriction = "a MEMBER: only up to what its socket was sent")]
public sealed record SnapshotBoard
{
    /// <summary>The room.</summary>
    public required string RoomId { get; init; }

    /// <summary>The board.</summary>
    public required string BoardId { get; init; }

    /// <summary>The number of the last update that the payload holds.</summary>
    public required long Seq { get; init; }

    /// <summary>The client's own form of the board; not empty. Its length is bounded by MessageBytes alone.</summary>
    public required string Payload { get; init; }
}

/// <summary>ROOM_BOARD_SNAPSHOT_RESPONSE.</summary>
/// <param name="RoomId">The room.</param>
/// <param name="BoardId">The board.</param>
/// <param name="Seq">Up to which update the snapshot stands for all.</param>
[Message(MessageTypes.RoomBoardSnapshotResponse)]
public sealed record SnapshotBoardResponse(string RoomId, string BoardId, long Seq) : ServerMessage;
