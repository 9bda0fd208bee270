using RoomWs.Protocol.Rooms;

namespace RoomWs.Protocol.Boards;

/// <summary>
/// ROOM_BOARD_ACTIVATE, by OWNER and ADMIN: which board the room shows. Replied to with ROOM_UPDATED, its patch holding
/// <c>activeBoardId</c>, which every other socket of every member gets too. Errors: NOT_FOUND (room or board), FORBIDDEN, CONFLICT
/// (ifVersion).
/// </summary>
[Request(MessageTypes.RoomBoardActivate, "Choose the board that the room shows", typeof(RoomUpdated), Errors = [ErrorCode.NotFound, ErrorCode.Forbidden, ErrorCode.Conflict])]
[Tells(Audience.Others, typeof(RoomUpdated))]
public sealed record ActivateBoard
{
    /// <summary>The room.</summary>
    public required string RoomId { get; init; }

    /// <summary>The board; null for none.</summary>
    public required string? BoardId { get; init; }

    /// <summary>Apply only if this is the room's present version.</summary>
    public long? IfVersion { get; init; }
}
