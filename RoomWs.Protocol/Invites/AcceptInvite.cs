using RoomWs.Protocol.Members;

namespace RoomWs.Protocol.Invites;

/// <summary>
/// ROOM_INVITE_ACCEPT, by any user: makes the caller a MEMBER of the code's room. Replied to with ROOM_JOIN_RESPONSE, with the same
/// events as a join. Errors: NOT_FOUND (no such code, or revoked, or its maker may make none any more), CONFLICT (used, expired, or already a member, which leaves the code
/// unused), JOIN_FAILED (a limit; the code stays unused), RATE_LIMITED.
/// </summary>
[Request(MessageTypes.RoomInviteAccept, "Become a member with a code", typeof(JoinRoomResponse), Errors = [ErrorCode.NotFound, ErrorCode.Conflict, ErrorCode.JoinFailed])]
[Tells(Audience.Others, typeof(RoomMemberJoined), typeof(RoomMembersUpdated))]
public sealed record AcceptInvite
{
    /// <summary>The code, as ROOM_INVITE_CREATED showed it.</summary>
    public required string Code { get; init; }
}
