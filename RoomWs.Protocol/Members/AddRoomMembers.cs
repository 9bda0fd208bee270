namespace RoomWs.Protocol.Members;

/// <summary>
/// ROOM_ADD_MEMBERS, by OWNER and ADMIN: all or nothing. Replied to with ROOM_MEMBERS_UPDATED, which every other socket of every
/// member gets too, the new ones' included. Where all are members already: the present snapshot, and nobody is told.
/// Errors: NOT_FOUND, FORBIDDEN, CONFLICT (ifVersion), JOIN_FAILED (a member or room limit), VALIDATION_ERROR.
/// </summary>
[Request(MessageTypes.RoomAddMembers, "Make users members", typeof(RoomMembersUpdated), Errors = [ErrorCode.NotFound, ErrorCode.Forbidden, ErrorCode.Conflict, ErrorCode.JoinFailed])]
[Tells(Audience.Others, typeof(RoomMembersUpdated))]
public sealed record AddRoomMembers
{
    /// <summary>The room.</summary>
    public required string RoomId { get; init; }

    /// <summary>1 to UserIdsPerRequest (1,000) user ids; doubles are ignored.</summary>
    public required IReadOnlyList<string> UserIds { get; init; }

    /// <summary>Apply only if this is the room's present version.</summary>
    public long? IfVersion { get; init; }
}
