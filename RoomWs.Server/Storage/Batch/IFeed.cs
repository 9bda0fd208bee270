using RoomWs.Protocol;

namespace RoomWs.Server.Storage.Batch;

/// <summary>What a batch did, as its row in the feed says it.</summary>
/// <param name="Position">Its position.</param>
/// <param name="Body">What it did, as <see cref="FeedBody"/> writes it.</param>
internal sealed record FeedRow(long Position, byte[] Body);

/// <summary>The batches of all nodes of a database in the order of their commits. Writer's thread only, but for <see cref="Follow"/>'s callback.</summary>
internal interface IFeed : IDisposable
{
    /// <summary>
    /// Called with the position of the last batch, on the writer's thread, where the database turns out to have no longer all that was read of it: after a failover to
    /// a server that had lost something.
    /// </summary>
    Action<long>? Lost { set; }

    /// <summary>How full the queue is by which nodes tell each other of their batches: 0 to 1. May be read from any thread.</summary>
    double QueueUsage { get; }

    /// <summary>The position of the last batch that is committed.</summary>
    long Head();

    /// <summary>Batches behind a position, in their order, without a gap: up to a position, and no more than go into memory at once.</summary>
    IReadOnlyList<FeedRow> Read(long after, long upTo);

    /// <summary>Reads what is in the tables and not in the feed: the messages and updates of boards that these changes have added. What is gone since is not in the result.</summary>
    IReadOnlyDictionary<FeedEntry, ServerMessage> Contents(IReadOnlyList<FeedEntry> entries);

    /// <summary>
    /// Calls back whenever another node has committed something, with its position, on a thread of its own, until this is disposed. Where it is not known which
    /// position that is, or whether there is any, calls back with <see cref="long.MaxValue"/>; so it does at least each second.
    /// </summary>
    void Follow(Action<long> arrived);
}
