using RoomWs.Protocol.Rooms;

namespace RoomWs.Protocol.Messages;

/// <summary>
/// RESUME, by any user after a reconnect: the messages it missed, then its rooms as they are. The answer is a RESYNC_START, the
/// ROOM_MESSAGEs, a RESYNC_COMPLETE and a ROOMS_SNAPSHOT, all with the request's correlationId. From RESYNC_START on, each message
/// comes once and in order, whether replayed or live; one that came live before it may be among the replayed.
/// </summary>
[Request(MessageTypes.Resume, "Get the messages that you missed, and your rooms", typeof(ResyncStart), typeof(RoomMessage), typeof(ResyncComplete), typeof(RoomsSnapshot), RepliesInRow = true)]
public sealed record Resume
{
    /// <summary>What the client has of each room. Rooms that the user is no member of are passed over. At most 1,000.</summary>
    public IReadOnlyList<ResumeRoom>? Rooms { get; init; }

    /// <summary>How many messages of each room at most, the newest: 1-1,000, 100 where absent.</summary>
    public int? Limit { get; init; }
}

/// <summary>What a client has of a room.</summary>
/// <param name="RoomId">The room.</param>
/// <param name="AfterSeq">The number of the last message that it has; 0 for none.</param>
public sealed record ResumeRoom(string RoomId, long AfterSeq);

/// <summary>RESYNC_START: what follows is the answer to RESUME.</summary>
/// <param name="Timestamp">The server's clock, Unix milliseconds.</param>
[Message(MessageTypes.ResyncStart)]
public sealed record ResyncStart(long Timestamp) : ServerMessage;

/// <summary>RESYNC_COMPLETE: that was all that was missed.</summary>
/// <param name="MessageCount">How many messages were replayed.</param>
/// <param name="Truncated">Whether some room had more than the limit; ROOM_HISTORY has the older ones.</param>
[Message(MessageTypes.ResyncComplete)]
public sealed record ResyncComplete(int MessageCount, bool Truncated) : ServerMessage;

/// <summary>ROOMS_SNAPSHOT: all rooms of the user.</summary>
/// <param name="Rooms">As in ROOM_LIST_RESPONSE.</param>
/// <param name="Timestamp">The server's clock, Unix milliseconds.</param>
[Message(MessageTypes.RoomsSnapshot)]
public sealed record RoomsSnapshot(IReadOnlyList<RoomRow> Rooms, long Timestamp) : ServerMessage;
