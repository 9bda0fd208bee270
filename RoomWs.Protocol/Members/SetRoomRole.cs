namespace RoomWs.Protocol.Members;

/// <summary>
/// ROOM_SET_ROLE, by the OWNER. OWNER hands the room over: the caller becomes MEMBER in the same version. Replied to with
/// ROOM_MEMBERS_UPDATED, which every other socket of every member gets too. The role a member has already: the present snapshot, and
/// nobody is told. Errors: NOT_FOUND (room, or not a member), FORBIDDEN (not the OWNER, or one's own role), CONFLICT (ifVersion).
/// </summary>
[Request(MessageTypes.RoomSetRole, "Change a role, or hand the room over", typeof(RoomMembersUpdated), Errors = [ErrorCode.NotFound, ErrorCode.Forbidden, ErrorCode.Conflict])]
[Tells(Audience.Others, typeof(RoomMembersUpdated))]
[Tells("a new OWNER or ADMIN, for the oldest 100 requests that are pending", typeof(JoinRequested))]
public sealed record SetRoomRole
{
    /// <summary>The room.</summary>
    public required string RoomId { get; init; }

    /// <summary>Whose role.</summary>
    public required string UserId { get; init; }

    /// <summary>The role to have from now on.</summary>
    public required RoomRole Role { get; init; }

    /// <summary>Apply only if this is the room's present version.</summary>
    public long? IfVersion { get; init; }
}
