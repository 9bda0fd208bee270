using System.Text.Json.Serialization;

namespace RoomWs.Protocol.Members;

/// <summary>
/// ROOM_JOIN_CANCEL, by the requester: the request ends. Replied to with ROOM_JOIN_CANCELLED, which the caller's other sockets and
/// those of the OWNER and the ADMINs get too. Errors: NOT_FOUND (room, or no such request, perhaps because it has been decided).
/// </summary>
public sealed record CancelJoin
{
    /// <summary>The room.</summary>
    public required string RoomId { get; init; }
}

/// <summary>ROOM_JOIN_CANCELLED: a user no longer asks to be let in.</summary>
/// <param name="RoomId">The room.</param>
/// <param name="UserId">Who had asked.</param>
public sealed record JoinCancelled(string RoomId, string UserId) : ServerMessage
{
    /// <inheritdoc/>
    [JsonIgnore]
    public override string Type => MessageTypes.RoomJoinCancelled;
}
