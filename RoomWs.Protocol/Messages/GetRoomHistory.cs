namespace RoomWs.Protocol.Messages;

/// <summary>ROOM_HISTORY, by a member: messages before or after a number, or the newest, in a ROOM_HISTORY_RESPONSE.</summary>
[Request(MessageTypes.RoomHistory, "Read what was said", typeof(RoomHistoryResponse), Errors = [ErrorCode.NotFound, ErrorCode.Forbidden])]
public sealed record GetRoomHistory
{
    /// <summary>The room.</summary>
    public required string RoomId { get; init; }

    /// <summary>The newest messages with a smaller number than this.</summary>
    public long? BeforeSeq { get; init; }

    /// <summary>The oldest messages with a larger number than this. Not together with beforeSeq.</summary>
    public long? AfterSeq { get; init; }

    /// <summary>How many at most: 1-200, 50 where absent.</summary>
    public int? Limit { get; init; }
}

/// <summary>ROOM_HISTORY_RESPONSE.</summary>
/// <param name="RoomId">The room.</param>
/// <param name="Epoch">The room's epoch, which the messages belong to.</param>
/// <param name="Messages">By rising number, as in ROOM_MESSAGE.</param>
/// <param name="HasMore">Whether there are more in the direction asked for.</param>
[Message(MessageTypes.RoomHistoryResponse)]
public sealed record RoomHistoryResponse(string RoomId, string Epoch, IReadOnlyList<RoomMessage> Messages, bool HasMore) : ServerMessage;
