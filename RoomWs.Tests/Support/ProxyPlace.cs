namespace RoomWs.Tests.Support;

/// <summary>Where in a batch of changes a session can be stopped.</summary>
internal enum ProxyPlace
{
    /// <summary>It has locked and read what it needs, and nothing of what it writes has come to the database.</summary>
    BetweenTrips,

    /// <summary>A part of what it writes has come to the database, and the commit has not.</summary>
    BeforeCommit,

    /// <summary>It is committed, and nobody has heard of it.</summary>
    AfterCommit,
}

/// <summary>What becomes of the notifications of other nodes on their way.</summary>
internal enum NotificationFault
{
    None,
    Dropped,
    Doubled,

    /// <summary>Each second one comes before the one that was before it.</summary>
    Swapped,
}
