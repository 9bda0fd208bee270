namespace RoomWs.Server.Storage.Batch;

/// <summary>A user who is online.</summary>
/// <param name="UserId">The user.</param>
/// <param name="Username">Its name when it came.</param>
internal sealed record PresentUser(string UserId, string Username);

/// <summary>What has become of a user on this node.</summary>
/// <param name="UserId">The user.</param>
/// <param name="Username">Its name.</param>
/// <param name="Connections">How many connections it has here. Null if it is here no more, which it still is for a grace after the last.</param>
/// <param name="At">When it came, or went, Unix milliseconds.</param>
internal sealed record NodeUser(string UserId, string Username, int? Connections, long At);

/// <summary>A user who has come online or gone offline, over all nodes, as a row of the feed says it.</summary>
/// <param name="UserId">The user.</param>
/// <param name="Username">Its name.</param>
/// <param name="IsOnline">Which of the two.</param>
/// <param name="At">When, Unix milliseconds.</param>
internal sealed record FeedPresence(string UserId, string Username, bool IsOnline, long At);

/// <summary>How it stands with the table of who is online.</summary>
internal enum PresenceState
{
    /// <summary>It is whole.</summary>
    Whole,

    /// <summary>It was emptied a short while ago: who is missing may be online all the same, on a node that has not written it again yet. So nobody is gone yet.</summary>
    Quiet,

    /// <summary>It was found to be emptied: what this node has written is lost, and nothing was written now.</summary>
    Emptied,
}

/// <summary>
/// Who is online on which of the nodes of a database. A user comes online with its first row and goes offline with its last, which the transaction that changes it
/// decides and puts into the feed: so each is told once, on whichever nodes a user comes and goes at the same time, and however often a write is tried. Whatever fails
/// is tried again on another session. For one thread at a time.
/// </summary>
internal interface IPresenceStore
{
    /// <summary>The name of this node.</summary>
    string Node { get; }

    /// <summary>Opens the session where it is not open. Gives the users that there are of this node if it was opened now, and null if it was open.</summary>
    IReadOnlyList<PresentUser>? Open();

    /// <summary>Writes what has become of users. Where it is <see cref="PresenceState.Quiet"/>, those who are gone have their row still.</summary>
    PresenceState Write(IReadOnlyList<NodeUser> users);

    /// <summary>Looks how it stands.</summary>
    PresenceState Look();

    /// <summary>Makes the users of nodes that are gone, and of no other, users of this one without a connection. Gives them.</summary>
    IReadOnlyList<PresentUser> TakeOver();

    /// <summary>Those of these users go offline of whom there is no row, where the table is whole.</summary>
    PresenceState EndMissing(IReadOnlyList<PresentUser> shown);

    /// <summary>Gives the session up, for nobody knows what state it is in.</summary>
    void Close();
}
