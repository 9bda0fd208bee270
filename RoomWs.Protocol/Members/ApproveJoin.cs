using RoomWs.Protocol.Rooms;

namespace RoomWs.Protocol.Members;

/// <summary>
/// ROOM_JOIN_APPROVE, by OWNER and ADMIN: the requester becomes a MEMBER. Replied to with ROOM_MEMBERS_UPDATED; the requester gets
/// ROOM_JOIN_APPROVED, and every other socket of every member ROOM_MEMBER_JOINED, then ROOM_MEMBERS_UPDATED. Errors: NOT_FOUND (room,
/// or no such request, perhaps because another has decided it), FORBIDDEN, JOIN_FAILED (a limit; the request stays).
/// </summary>
[Request(MessageTypes.RoomJoinApprove, "Let a user in who has asked", typeof(RoomMembersUpdated), Errors = [ErrorCode.NotFound, ErrorCode.Forbidden, ErrorCode.JoinFailed])]
[Tells("the requester", typeof(JoinApproved))]
[Tells(Audience.Others, typeof(RoomMemberJoined), typeof(RoomMembersUpdated))]
public sealed record ApproveJoin
{
    /// <summary>The room.</summary>
    public required string RoomId { get; init; }

    /// <summary>Whose request.</summary>
    public required string UserId { get; init; }
}

/// <summary>ROOM_JOIN_APPROVED, to all sockets of the requester: you are a member.</summary>
/// <param name="RoomId">The room.</param>
/// <param name="Room">The room, whole.</param>
[Message(MessageTypes.RoomJoinApproved)]
public sealed record JoinApproved(string RoomId, Room Room) : ServerMessage;
