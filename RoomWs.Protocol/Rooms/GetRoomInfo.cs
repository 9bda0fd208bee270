namespace RoomWs.Protocol.Rooms;

/// <summary>ROOM_INFO, by a member: the room as it is now, in a ROOM_CREATED. Exactly one of the fields.</summary>
[Request(MessageTypes.RoomInfo, "Show a room", typeof(RoomCreated), Errors = [ErrorCode.NotFound, ErrorCode.Forbidden])]
public sealed record GetRoomInfo
{
    /// <summary>The room, by its id.</summary>
    public string? RoomId { get; init; }

    /// <summary>The room, by its slug.</summary>
    public string? Slug { get; init; }
}
