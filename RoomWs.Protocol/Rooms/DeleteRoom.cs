namespace RoomWs.Protocol.Rooms;

/// <summary>
/// ROOM_DELETE, by the OWNER: ends the room with all that belongs to it. Replied to with ROOM_DELETED, which every other socket of
/// every former member gets too. Errors: NOT_FOUND, FORBIDDEN, CONFLICT (ifVersion).
/// </summary>
[Request(MessageTypes.RoomDelete, "End a room", typeof(RoomDeleted), Errors = [ErrorCode.NotFound, ErrorCode.Forbidden, ErrorCode.Conflict])]
[Tells("others and to those who asked to be let in", typeof(RoomDeleted))]
public sealed record DeleteRoom
{
    /// <summary>The room.</summary>
    public required string RoomId { get; init; }

    /// <summary>Apply only if this is the room's present version.</summary>
    public long? IfVersion { get; init; }
}

/// <summary>ROOM_DELETED: the room is gone; its id can be used anew.</summary>
/// <param name="RoomId">The room that was.</param>
[Message(MessageTypes.RoomDeleted)]
public sealed record RoomDeleted(string RoomId) : ServerMessage;
