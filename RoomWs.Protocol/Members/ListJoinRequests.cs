using System.Text.Json.Serialization;

namespace RoomWs.Protocol.Members;

/// <summary>ROOM_JOIN_REQUESTS, by OWNER and ADMIN: the pending requests to be let in, oldest first, in a ROOM_JOIN_REQUESTS_RESPONSE.</summary>
[Request(MessageTypes.RoomJoinRequests, "List the pending requests", typeof(JoinRequestsResponse), Errors = [ErrorCode.NotFound, ErrorCode.Forbidden])]
public sealed record ListJoinRequests
{
    /// <summary>The room.</summary>
    public required string RoomId { get; init; }

    /// <summary>How many at most: 1-500, 100 where absent.</summary>
    public int? Limit { get; init; }

    /// <summary>The <c>nextCursor</c> of the page before.</summary>
    public string? Cursor { get; init; }
}

/// <summary>ROOM_JOIN_REQUESTS_RESPONSE: a page of a room's pending requests.</summary>
/// <param name="RoomId">The room.</param>
/// <param name="Requests">The pending requests, oldest first.</param>
/// <param name="NextCursor">Give it back for the next page; absent on the last.</param>
[Message(MessageTypes.RoomJoinRequestsResponse)]
public sealed record JoinRequestsResponse(
    string RoomId,
    IReadOnlyList<JoinRequest> Requests,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? NextCursor) : ServerMessage;

/// <summary>
/// ROOM_JOIN_REQUESTS_PENDING: the room has more requests that are pending than the ROOM_JOIN_REQUESTEDs that came before it. To an OWNER or ADMIN who comes
/// online, and to a user who has just become one. ROOM_JOIN_REQUESTS lists them.
/// </summary>
/// <param name="RoomId">The room.</param>
/// <param name="Count">How many are pending, those that were sent included.</param>
[Message(MessageTypes.RoomJoinRequestsPending, IsUnasked = true)]
public sealed record JoinRequestsPending(string RoomId, int Count) : ServerMessage;

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
