namespace RoomWs.Server.Fanout;

/// <summary>Of what a <see cref="LiveFact"/> is.</summary>
internal enum LiveFactKind
{
    /// <summary>The node is there.</summary>
    Here,

    /// <summary>The rooms that follow are all that the node has entered.</summary>
    Rooms,

    /// <summary>Those were all.</summary>
    AllRooms,

    /// <summary>The node has the room entered. What follows about it is all that is live of it there.</summary>
    In,

    /// <summary>The same, and whoever has it entered, too, is to say all in turn, and the others that they have not.</summary>
    Ask,

    /// <summary>That was all.</summary>
    Full,

    /// <summary>The node does not have the room entered, or not any more.</summary>
    Out,

    /// <summary>A user has moved its cursor.</summary>
    Cursor,

    /// <summary>The socket that has moved a user's cursor last is out of the room, on the node itself or on another of which it knows that.</summary>
    CursorGone,

    /// <summary>A user types on a socket of the node.</summary>
    Typing,

    /// <summary>A user types on no socket of the node any more.</summary>
    TypingEnded,
}

/// <summary>One thing that a node says about what is live in its rooms.</summary>
/// <param name="Kind">Of what it is.</param>
/// <param name="RoomId">The room. Empty where it is about none.</param>
/// <param name="UserId">The user. Empty where it is about none.</param>
internal readonly record struct LiveFact(LiveFactKind Kind, string RoomId = "", string UserId = "")
{
    /// <summary>The name of a user who types.</summary>
    public string Username { get; init; } = "";

    public double X { get; init; }

    public double Y { get; init; }

    /// <summary>When the server heard of the move, Unix milliseconds.</summary>
    public long At { get; init; }

    /// <summary>The number of the move, by <see cref="NodeClock"/>.</summary>
    public long Number { get; init; }

    /// <summary>The node of the move that has ended. Empty where it is none.</summary>
    public string Node { get; init; } = "";
}
