namespace RoomWs.Protocol.Live;

/// <summary>
/// ROOM_TYPING, by a socket that has entered the room: its user is typing, or has stopped. Ends by itself 5 s after the last
/// <c>true</c>, with a message, and with the socket. No reply but ERROR: NOT_FOUND, FORBIDDEN (not entered), VALIDATION_ERROR.
/// </summary>
[Request(MessageTypes.RoomTyping, "Say that you type, or have stopped", Errors = [ErrorCode.Forbidden], Restriction = "on a socket that has entered")]
[Tells(Audience.Entered, typeof(RoomTyping))]
public sealed record SetTyping
{
    /// <summary>The room.</summary>
    public required string RoomId { get; init; }

    /// <summary>Whether the user is typing.</summary>
    public required bool Typing { get; init; }
}

/// <summary>ROOM_TYPING, to the other sockets that have entered: somebody began or stopped typing.</summary>
/// <param name="RoomId">The room.</param>
/// <param name="UserId">Who.</param>
/// <param name="Username">That user's name.</param>
/// <param name="Typing">Whether it is typing now.</param>
[Message(MessageTypes.RoomTyping)]
public sealed record RoomTyping(string RoomId, string UserId, string Username, bool Typing) : ServerMessage;
