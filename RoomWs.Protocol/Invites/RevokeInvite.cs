namespace RoomWs.Protocol.Invites;

/// <summary>
/// ROOM_INVITE_REVOKE, by OWNER and ADMIN: the invite ends, and its code with it. Who came in with it stays. Replied to with
/// ROOM_INVITE_REVOKED. Errors: NOT_FOUND (room or invite), FORBIDDEN.
/// </summary>
[Request(MessageTypes.RoomInviteRevoke, "End an invite", typeof(InviteRevoked), Errors = [ErrorCode.NotFound, ErrorCode.Forbidden])]
public sealed record RevokeInvite
{
    /// <summary>The room.</summary>
    public required string RoomId { get; init; }

    /// <summary>The invite.</summary>
    public required string InviteId { get; init; }
}

/// <summary>ROOM_INVITE_REVOKED.</summary>
/// <param name="RoomId">The room.</param>
/// <param name="InviteId">The invite that was.</param>
[Message(MessageTypes.RoomInviteRevoked)]
public sealed record InviteRevoked(string RoomId, string InviteId) : ServerMessage;
