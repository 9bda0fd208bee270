namespace RoomWs.Protocol.Members;

/// <summary>ROOM_JOIN_REQUESTS, by OWNER and ADMIN: the pending requests to be let in, oldest first, in a ROOM_JOIN_REQUESTS_RESPONSE.</summary>
[Request(MessageTypes.RoomJoinRequests, "List the pending requests", typeof(JoinRequestsResponse), Errors = [ErrorCode.NotFound, ErrorCode.Forbidden])]
public sealed record ListJoinRequests
{
    /// <summary>The room.</summary>
    public required string RoomId { get; init; }
}

/// <summary>ROOM_JOIN_REQUESTS_RESPONSE.</summary>
/// <param name="RoomId">The room.</param>
/// <param name="Requests">The pending requests, oldest first.</param>
[Message(MessageTypes.RoomJoinRequestsResponse)]
public sealed record JoinRequestsResponse(string RoomId, IReadOnlyList<JoinRequest> Requests) : ServerMessage;

/// <summary>A pending request to be let in.</summary>
public sealed record JoinRequest
{
    /// <summary>The request.</summary>
    public required string RequestId { get; init; }

    /// <summary>Who asks.</summary>
    public required string UserId { get; init; }

    /// <summary>That user's name.</summary>
    public required string Username { get; init; }

    /// <summary>When it asked, Unix milliseconds.</summary>
    public required long At { get; init; }
}
