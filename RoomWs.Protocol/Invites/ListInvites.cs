using System.Text.Json.Serialization;

namespace RoomWs.Protocol.Invites;

/// <summary>
/// ROOM_INVITE_LIST, by OWNER and ADMIN: the room's invites, oldest first; used and expired ones stay for a day. Replied to with
/// ROOM_INVITE_LIST_RESPONSE.
/// </summary>
[Request(MessageTypes.RoomInviteList, "List the invites, without codes", typeof(InviteListResponse), Errors = [ErrorCode.NotFound, ErrorCode.Forbidden])]
public sealed record ListInvites
{
    /// <summary>The room.</summary>
    public required string RoomId { get; init; }

    /// <summary>How many at most: 1-500, 100 where absent.</summary>
    public int? Limit { get; init; }

    /// <summary>The <c>nextCursor</c> of the page before.</summary>
    public string? Cursor { get; init; }
}

/// <summary>ROOM_INVITE_LIST_RESPONSE: a page of a room's invites.</summary>
/// <param name="RoomId">The room.</param>
/// <param name="Invites">Its invites, oldest first.</param>
/// <param name="NextCursor">Give it back for the next page; absent on the last.</param>
[Message(MessageTypes.RoomInviteListResponse)]
public sealed record InviteListResponse(
    string RoomId,
    IReadOnlyList<Invite> Invites,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? NextCursor) : ServerMessage;

/// <summary>An invite, without its code.</summary>
public sealed record Invite
{
    /// <summary>Names the invite to ROOM_INVITE_REVOKE.</summary>
    public required string InviteId { get; init; }

    /// <summary>The user id of its maker.</summary>
    public required string CreatedBy { get; init; }

    /// <summary>Unix milliseconds.</summary>
    public required long CreatedAt { get; init; }

    /// <summary>Unix milliseconds.</summary>
    public required long ExpiresAt { get; init; }

    /// <summary>When somebody came in with it, Unix milliseconds; null where nobody has.</summary>
    public long? UsedAt { get; init; }

    /// <summary>Who came in with it, or null.</summary>
    public string? UsedBy { get; init; }

    /// <summary>
    /// True where nobody has used it and its maker may make no invites any more: the code is not found then, until the maker may again. Absent where it is not so.
    /// </summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public bool Suspended { get; init; }
}
