using System.Data.Common;

namespace RoomWs.Server.Storage.Batch;

/// <summary>Where the rooms are kept: a SQLite file, or a PostgreSQL database. Disposed last of all that uses it.</summary>
internal interface IDatabase : IDisposable
{
    SqlDialect Dialect { get; }

    IStorageFaults Faults { get; }

    /// <summary>Where batches are stored. Whoever writes them disposes it.</summary>
    IStore Store { get; }

    /// <summary>The connection of the store: what is read on it is as the running batch has written it so far.</summary>
    DbConnection Writer { get; }

    /// <summary>The batches of all nodes. Null where this node is the only one.</summary>
    IFeed? Feed { get; }

    /// <summary>What the nodes say to each other. Null where this node is the only one.</summary>
    ILiveBus? LiveBus { get; }

    /// <summary>Who is online on which node. Null where this node is the only one.</summary>
    IPresenceStore? Presence { get; }

    /// <summary>Whether this node is the one that deletes what has had its time; of several nodes one is. For one thread at a time.</summary>
    bool IsHousekeeper();

    /// <summary>Ends when this node may not go on, because another runs under its name.</summary>
    Task NameLost { get; }

    /// <summary>Opens a connection that reads what is committed. May be called from any thread.</summary>
    IReadConnection OpenForReading();
}

/// <summary>A connection for reading. For one thread at a time.</summary>
internal interface IReadConnection : IDisposable
{
    DbConnection Connection { get; }

    /// <summary>Whether it is not known to be lost.</summary>
    bool IsOpen { get; }

    /// <summary>Begins a read: all that is read until the end is of one moment, which the first statement chooses.</summary>
    void Begin();

    /// <summary>
    /// Ends the read, also where the database has ended it by itself. Fails as one for which the database was away if the connection was lost since the begin: what was
    /// read is then not of one moment.
    /// </summary>
    void End();
}
