namespace RoomWs.Protocol.Invites;

/// <summary>
/// ROOM_INVITE_CREATE, by OWNER and ADMIN: a code that lets one user in. Replied to with ROOM_INVITE_CREATED, the only message that
/// ever holds the code. Errors: NOT_FOUND, FORBIDDEN, CONFLICT (too many that are live), RATE_LIMITED.
/// </summary>
[Request(MessageTypes.RoomInviteCreate, "Make a code that lets one user in", typeof(InviteCreated), Errors = [ErrorCode.NotFound, ErrorCode.Forbidden, ErrorCode.Conflict])]
public sealed record CreateInvite
{
    /// <summary>The room.</summary>
    public required string RoomId { get; init; }

    /// <summary>How long the code holds, in seconds: 60 to 2,592,000 (30 days); a day where absent.</summary>
    public int? ExpiresInSeconds { get; init; }
}

/// <summary>ROOM_INVITE_CREATED.</summary>
/// <param name="Invite">The invite.</param>
[Message(MessageTypes.RoomInviteCreated)]
public sealed record InviteCreated(NewInvite Invite) : ServerMessage;

/// <summary>An invite as its creator is shown it, once.</summary>
/// <param name="InviteId">Names the invite to ROOM_INVITE_REVOKE; lets nobody in.</param>
/// <param name="RoomId">The room.</param>
/// <param name="Code">
/// What lets in whoever has it first. The server keeps only its hash, so the reply to a retry under the same idempotencyKey has null
/// here: revoke the invite then, and make another.
/// </param>
/// <param name="CreatedBy">The user id of its maker.</param>
/// <param name="CreatedAt">Unix milliseconds.</param>
/// <param name="ExpiresAt">Unix milliseconds.</param>
public sealed record NewInvite(string InviteId, string RoomId, string? Code, string CreatedBy, long CreatedAt, long ExpiresAt);
