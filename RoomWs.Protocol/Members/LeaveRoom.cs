using RoomWs.Protocol.Live;
using RoomWs.Protocol.Rooms;

namespace RoomWs.Protocol.Members;

/// <summary>
/// ROOM_LEAVE, by a member. An OWNER's leave passes the room to the longest-standing ADMIN, else the longest-standing MEMBER, in the
/// same version (or is FORBIDDEN, with <c>OwnerLeave=Forbid</c>); the last member's leave deletes the room. Replied to with
/// ROOM_LEAVE_RESPONSE; the others get ROOM_MEMBER_LEFT, then ROOM_MEMBERS_UPDATED. Errors: NOT_FOUND (room, or not a member),
/// FORBIDDEN, LEAVE_FAILED.
/// </summary>
[Request(MessageTypes.RoomLeave, "End your own membership", typeof(LeaveRoomResponse), Errors = [ErrorCode.NotFound, ErrorCode.Forbidden, ErrorCode.LeaveFailed])]
[Tells(Audience.Others, typeof(RoomMemberLeft), typeof(RoomMembersUpdated))]
[Tells("the caller", typeof(RoomMembersUpdated))]
[Tells("a new OWNER, for the oldest 100 requests that are pending", typeof(JoinRequested))]
[Tells(Audience.Entered + ", where the caller's cursor or typing ends", typeof(RoomTyping), typeof(RoomCursors))]
[Tells("the caller and to those who asked to be let in, after the last member", typeof(RoomDeleted))]
public sealed record LeaveRoom
{
    /// <summary>The room.</summary>
    public required string RoomId { get; init; }
}

/// <summary>ROOM_LEAVE_RESPONSE: the membership has ended.</summary>
/// <param name="Success">Always true; a refusal is an ERROR.</param>
/// <param name="RoomId">The room that was left.</param>
/// <param name="Timestamp">The server's clock, Unix milliseconds.</param>
[Message(MessageTypes.RoomLeaveResponse)]
public sealed record LeaveRoomResponse(bool Success, string RoomId, long Timestamp) : ServerMessage;
