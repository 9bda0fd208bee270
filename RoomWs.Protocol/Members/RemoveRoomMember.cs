using System.Text.Json.Serialization;
using RoomWs.Protocol.Live;

namespace RoomWs.Protocol.Members;

/// <summary>
/// ROOM_REMOVE_MEMBER: the OWNER may remove anyone else, an ADMIN a MEMBER. Replied to with ROOM_MEMBERS_UPDATED, which every other
/// socket of every member and of the removed user gets too, after a ROOM_MEMBER_LEFT. Errors: NOT_FOUND (room, or not a member),
/// FORBIDDEN, CONFLICT (ifVersion), VALIDATION_ERROR (oneself: use ROOM_LEAVE).
/// </summary>
[Request(MessageTypes.RoomRemoveMember, "End another user's membership", typeof(RoomMembersUpdated), Errors = [ErrorCode.NotFound, ErrorCode.Forbidden, ErrorCode.Conflict], Restriction = "an ADMIN: only a MEMBER")]
[Tells(Audience.Others, typeof(RoomMemberLeft), typeof(RoomMembersUpdated))]
[Tells("the removed user", typeof(RoomMembersUpdated))]
[Tells(Audience.Entered + ", where that user's cursor or typing ends", typeof(RoomTyping), typeof(RoomCursors))]
public sealed record RemoveRoomMember
{
    /// <summary>The room.</summary>
    public required string RoomId { get; init; }

    /// <summary>Who is to go.</summary>
    public required string UserId { get; init; }

    /// <summary>Apply only if this is the room's present version.</summary>
    public long? IfVersion { get; init; }
}

/// <summary>How a membership ended.</summary>
public enum LeaveReason
{
    /// <summary>The member left by ROOM_LEAVE.</summary>
    [JsonStringEnumMemberName("LEFT")] Left,

    /// <summary>Another member removed it by ROOM_REMOVE_MEMBER.</summary>
    [JsonStringEnumMemberName("REMOVED")] Removed,
}

/// <summary>ROOM_MEMBER_LEFT: a membership ended. The ROOM_MEMBERS_UPDATED of the same change comes right after it.</summary>
/// <param name="RoomId">The room.</param>
/// <param name="UserId">Who is gone.</param>
/// <param name="Username">That user's name.</param>
/// <param name="Reason">By whose doing.</param>
[Message(MessageTypes.RoomMemberLeft)]
public sealed record RoomMemberLeft(string RoomId, string UserId, string Username, LeaveReason Reason) : ServerMessage;
