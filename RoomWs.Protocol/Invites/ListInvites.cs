namespace RoomWs.Protocol.Invites;

/// <summary>
/// ROOM_INVITE_LIST, by OWNER and ADMIN: the room's invites, oldest first; used and expired ones stay for 30 days. Replied to with
/// ROOM_INVITE_LIST_RESPONSE.
/// </summary>
[Request(MessageTypes.RoomInviteList, "List the invites, without codes", typeof(InviteListResponse), Errors = [ErrorCode.NotFound, ErrorCode.Forbidden])]
public sealed record ListInvites
{
    /// <summary>The room.</summary>
    public required string RoomId { get; init; }
}

/// <summary>ROOM_INVITE_LIST_RESPONSE.</summary>
/// <param name="RoomId">The room.</param>
/// <param name="Invites">Its invites, oldest first.</param>
[Message(MessageTypes.RoomInviteListResponse)]
public sealed record InviteListResponse(string RoomId, IReadOnlyList<Invite> Invites) : ServerMessage;

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
}
