using RoomWs.Protocol.Rooms;

namespace RoomWs.Protocol.Members;

/// <summary>
/// ROOM_JOIN, by any user: makes the caller a MEMBER of an OPEN room, or of any room with a valid code. Exactly one of roomId and
/// slug. Replied to with ROOM_JOIN_RESPONSE; the other sockets of the members get ROOM_MEMBER_JOINED, then ROOM_MEMBERS_UPDATED.
/// In an APPROVAL room without a code: ROOM_JOIN_PENDING, and the OWNER and ADMINs get ROOM_JOIN_REQUESTED. Errors: NOT_FOUND (room,
/// code), FORBIDDEN (INVITE without a code), CONFLICT (code used or expired; too many join requests), JOIN_FAILED (a member or room limit), RATE_LIMITED (also
/// where the room has just denied the caller), VALIDATION_ERROR.
/// </summary>
[Request(MessageTypes.RoomJoin, "Become a member, or ask to be let in", typeof(JoinRoomResponse), typeof(JoinPending), Errors = [ErrorCode.NotFound, ErrorCode.Forbidden, ErrorCode.Conflict, ErrorCode.JoinFailed])]
[Tells(Audience.Others, typeof(RoomMemberJoined), typeof(RoomMembersUpdated))]
[Tells("OWNER and ADMINs, where the caller has to ask", typeof(JoinRequested))]
public sealed record JoinRoom
{
    /// <summary>The room, by its id.</summary>
    public string? RoomId { get; init; }

    /// <summary>The room, by its slug.</summary>
    public string? Slug { get; init; }

    /// <summary>An invitation code for this room. An OPEN room does not look at it, and so does not use it up.</summary>
    public string? Code { get; init; }
}

/// <summary>ROOM_JOIN_PENDING: the caller's request to be let into an APPROVAL room stands. Asking again gives the same one.</summary>
/// <param name="RoomId">The room.</param>
/// <param name="RequestId">The request.</param>
[Message(MessageTypes.RoomJoinPending)]
public sealed record JoinPending(string RoomId, string RequestId) : ServerMessage;

/// <summary>
/// ROOM_JOIN_REQUESTED: a user asks to be let in. To all sockets of the OWNER and the ADMINs; to one that comes online, or a user who
/// has just become one, for each request that is pending then, the oldest 100 of a room at most (ROOM_JOIN_REQUESTS_PENDING). The same one may
/// come twice; its requestId tells.
/// </summary>
/// <param name="RoomId">The room.</param>
/// <param name="RequestId">The request.</param>
/// <param name="UserId">Who asks.</param>
/// <param name="Username">That user's name.</param>
/// <param name="At">When it asked, Unix milliseconds.</param>
[Message(MessageTypes.RoomJoinRequested, IsUnasked = true)]
public sealed record JoinRequested(string RoomId, string RequestId, string UserId, string Username, long At) : ServerMessage;

/// <summary>ROOM_JOIN_RESPONSE: the caller is a member.</summary>
/// <param name="Success">Always true; a refusal is an ERROR.</param>
/// <param name="RoomId">The room.</param>
/// <param name="RoomInfo">The room in short.</param>
/// <param name="Members">User ids in order of joining, the caller's included.</param>
/// <param name="Room">The room, whole.</param>
/// <param name="AlreadyMember">Whether the caller was a member before; then nothing changed and nobody was told.</param>
/// <param name="Timestamp">The server's clock, Unix milliseconds.</param>
[Message(MessageTypes.RoomJoinResponse)]
public sealed record JoinRoomResponse(
    bool Success,
    string RoomId,
    RoomInfo RoomInfo,
    IReadOnlyList<string> Members,
    Room Room,
    bool AlreadyMember,
    long Timestamp) : ServerMessage;

/// <summary>A room in short.</summary>
/// <param name="RoomId">The room's id.</param>
/// <param name="Name">Its name.</param>
/// <param name="ThumbnailUrl">Its picture, or null.</param>
/// <param name="CreatedAt">Unix milliseconds.</param>
/// <param name="CreatedBy">The user id of its first OWNER.</param>
/// <param name="MemberCount">How many members it has.</param>
/// <param name="Version">Its version.</param>
/// <param name="UpdatedAt">The time of its last change, Unix milliseconds.</param>
public sealed record RoomInfo(
    string RoomId,
    string Name,
    string? ThumbnailUrl,
    long CreatedAt,
    string CreatedBy,
    int MemberCount,
    long Version,
    long UpdatedAt);

/// <summary>ROOM_MEMBER_JOINED: a user came in by its own doing. The ROOM_MEMBERS_UPDATED of the same change comes right after it.</summary>
/// <param name="RoomId">The room.</param>
/// <param name="UserId">Who came.</param>
/// <param name="Username">That user's name.</param>
/// <param name="Role">The role it came in with.</param>
/// <param name="JoinedAt">Unix milliseconds.</param>
[Message(MessageTypes.RoomMemberJoined)]
public sealed record RoomMemberJoined(string RoomId, string UserId, string Username, RoomRole Role, long JoinedAt) : ServerMessage;
