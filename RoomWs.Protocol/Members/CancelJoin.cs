namespace RoomWs.Protocol.Members;

/// <summary>
/// ROOM_JOIN_CANCEL, by the requester: the request ends. Replied to with ROOM_JOIN_CANCELLED, which the caller's other sockets and
/// those of the OWNER and the ADMINs get too. Errors: NOT_FOUND (room, or no such request, perhaps because it has been decided).
/// </summary>
[Request(MessageTypes.RoomJoinCancel, "Take your own request back", typeof(JoinCancelled), Errors = [ErrorCode.NotFound], Restriction = "for its own request")]
[Tells("OWNER, ADMINs and the requester", typeof(JoinCancelled))]
public sealed record CancelJoin
{
    /// <summary>The room.</summary>
    public required string RoomId { get; init; }
}

/// <summary>ROOM_JOIN_CANCELLED: a user no longer asks to be let in.</summary>
/// <param name="RoomId">The room.</param>
/// <param name="UserId">Who had asked.</param>
[Message(MessageTypes.RoomJoinCancelled)]
public sealed record JoinCancelled(string RoomId, string UserId) : ServerMessage;
