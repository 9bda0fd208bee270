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
/// <param name="Epoch">The room's epoch when it had it. Where the room has another now, the number means nothing. May be absent.</param>
public sealed record ResumeRoom(string RoomId, long AfterSeq, string? Epoch = null);

/// <summary>RESYNC_START: what follows is the answer to RESUME.</summary>
/// <param name="Timestamp">The server's clock, Unix milliseconds.</param>
[Message(MessageTypes.ResyncStart)]
public sealed record ResyncStart(long Timestamp) : ServerMessage;

/// <summary>RESYNC_COMPLETE: that was all that was missed.</summary>
/// <param name="MessageCount">How many messages were replayed.</param>
/// <param name="Truncated">Whether some room had more than the limit; ROOM_HISTORY has the older ones.</param>
/// <param name="TruncatedRooms">The ids of these rooms.</param>
/// <param name="ResetRooms">
/// The ids of the rooms in which the client's place means nothing: the room has another epoch, or fewer messages, or what was missed could not be replayed
/// to the end because the room or the membership ended meanwhile.
/// </param>
[Message(MessageTypes.ResyncComplete)]
public sealed record ResyncComplete(int MessageCount, bool Truncated, IReadOnlyList<string> TruncatedRooms, IReadOnlyList<string> ResetRooms) : ServerMessage;

/// <summary>ROOMS_SNAPSHOT: all rooms of the user.</summary>
/// <param name="Rooms">As in ROOM_LIST_RESPONSE.</param>
/// <param name="Timestamp">The server's clock, Unix milliseconds.</param>
[Message(MessageTypes.RoomsSnapshot)]
public sealed record RoomsSnapshot(IReadOnlyList<RoomRow> Rooms, long Timestamp) : ServerMessage;
