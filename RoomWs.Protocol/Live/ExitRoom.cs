namespace RoomWs.Protocol.Live;

/// <summary>ROOM_EXIT: this socket no longer wants the room's fleeting events; the membership stays. Replied to with ROOM_EXITED, also where it had not entered.</summary>
[Request(MessageTypes.RoomExit, "Stop seeing it live", typeof(RoomExited))]
[Tells(Audience.Entered + ", where the cursor or typing was this socket's", typeof(RoomTyping), typeof(RoomCursors))]
public sealed record ExitRoom
{
    /// <summary>The room.</summary>
    public required string RoomId { get; init; }
}

/// <summary>ROOM_EXITED.</summary>
/// <param name="RoomId">The room.</param>
[Message(MessageTypes.RoomExited)]
public sealed record RoomExited(string RoomId) : ServerMessage;
