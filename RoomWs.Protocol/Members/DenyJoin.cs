namespace RoomWs.Protocol.Members;

/// <summary>
/// ROOM_JOIN_DENY, by OWNER and ADMIN: the request ends. Replied to with ROOM_JOIN_DENIED, which the other sockets of the OWNER, the
/// ADMINs and the requester get too. The user may ask again after a while (AskAgainSeconds). Errors: NOT_FOUND (room, or no such request), FORBIDDEN.
/// </summary>
[Request(MessageTypes.RoomJoinDeny, "Refuse a user who has asked", typeof(JoinDenied), Errors = [ErrorCode.NotFound, ErrorCode.Forbidden])]
[Tells("OWNER, ADMINs and the requester", typeof(JoinDenied))]
public sealed record DenyJoin
{
    /// <summary>The room.</summary>
    public required string RoomId { get; init; }

    /// <summary>Whose request.</summary>
    public required string UserId { get; init; }
}

/// <summary>ROOM_JOIN_DENIED: a user was not let in.</summary>
/// <param name="RoomId">The room.</param>
/// <param name="UserId">Who had asked.</param>
[Message(MessageTypes.RoomJoinDenied)]
public sealed record JoinDenied(string RoomId, string UserId) : ServerMessage;
