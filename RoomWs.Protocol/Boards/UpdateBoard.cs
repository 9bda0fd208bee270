namespace RoomWs.Protocol.Boards;

/// <summary>
/// ROOM_BOARD_UPDATE, by a member: adds an update to a board. What it says is the clients' affair. Replied to with
/// ROOM_BOARD_UPDATE_RESPONSE; the other sockets that have entered the room get ROOM_BOARD_UPDATED. Errors: NOT_FOUND (room or board),
/// FORBIDDEN, CONFLICT (BoardBytes), VALIDATION_ERROR.
/// </summary>
[Request(MessageTypes.RoomBoardUpdate, "Add an update to a board", typeof(UpdateBoardResponse), Errors = [ErrorCode.NotFound, ErrorCode.Forbidden, ErrorCode.Conflict])]
[Tells(Audience.Entered, typeof(BoardUpdated))]
public sealed record UpdateBoard
{
    /// <summary>The room.</summary>
    public required string RoomId { get; init; }

    /// <summary>The board.</summary>
    public required string BoardId { get; init; }

    /// <summary>1-32,768 characters.</summary>
    public required string Payload { get; init; }
}

/// <summary>ROOM_BOARD_UPDATE_RESPONSE: the update is stored.</summary>
/// <param name="RoomId">The room.</param>
/// <param name="BoardId">The board.</param>
/// <param name="Seq">The update's number in the board: 1, 2, 3 … without a gap.</param>
[Message(MessageTypes.RoomBoardUpdateResponse)]
public sealed record UpdateBoardResponse(string RoomId, string BoardId, long Seq) : ServerMessage;

/// <summary>ROOM_BOARD_UPDATED.</summary>
/// <param name="RoomId">The room.</param>
/// <param name="BoardId">The board.</param>
/// <param name="Seq">The update's number.</param>
/// <param name="UserId">Whose update.</param>
/// <param name="Payload">As it came in.</param>
[Message(MessageTypes.RoomBoardUpdated)]
public sealed record BoardUpdated(string RoomId, string BoardId, long Seq, string UserId, string Payload) : ServerMessage;
