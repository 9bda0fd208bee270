using System.Text.Json.Serialization;

namespace RoomWs.Protocol.Members;

/// <summary>
/// ROOM_LEAVE, by a member. An OWNER's leave passes the room to the longest-standing ADMIN, else the longest-standing MEMBER, in the
/// same version (or is FORBIDDEN, with <c>OwnerLeave=Forbid</c>); the last member's leave deletes the room. Replied to with
/// ROOM_LEAVE_RESPONSE; the others get ROOM_MEMBER_LEFT, then ROOM_MEMBERS_UPDATED. Errors: NOT_FOUND (room, or not a member),
/// FORBIDDEN, LEAVE_FAILED.
/// </summary>
public sealed record LeaveRoom
{
    /// <summary>The room.</summary>
    public required string RoomId { get; init; }
}

/// <summary>ROOM_LEAVE_RESPONSE: the membership has ended.</summary>
/// <param name="Success">Always true; a refusal is an ERROR.</param>
/// <param name="RoomId">The room that was left.</param>
/// <param name="Timestamp">The server's clock, Unix milliseconds.</param>
public sealed record LeaveRoomResponse(bool Success, string RoomId, long Timestamp) : ServerMessage
{
    /// <inheritdoc/>
    [JsonIgnore]
    public override string Type => MessageTypes.RoomLeaveResponse;
}
