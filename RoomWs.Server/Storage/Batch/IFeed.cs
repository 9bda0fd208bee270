using RoomWs.Protocol;

namespace RoomWs.Server.Storage.Batch;

/// <summary>What a batch did, as its row in the feed says it.</summary>
/// <param name="Position">Its position.</param>
/// <param name="Body">What it did, as <see cref="FeedBody"/> writes it.</param>
internal sealed record FeedRow(long Position, byte[] Body);

/// <summary>The batches of all nodes of a database in the order of their commits. Writer's thread only, but for <see cref="Follow"/>'s callback.</summary>
internal interface IFeed : IDisposable
{
    /// <summary>The position of the last batch that is committed.</summary>
    long Head();

    /// <summary>Batches behind a position, in their order, without a gap: up to a position, and no more than go into memory at once.</summary>
    IReadOnlyList<FeedRow> Read(long after, long upTo);

    /// <summary>Reads what is in the tables and not in the feed: the messages and updates of boards that these changes have added. What is gone since is not in the result.</summary>
    IReadOnlyDictionary<FeedEntry, ServerMessage> Contents(IReadOnlyList<FeedEntry> entries);

    /// <summary>Calls back whenever another node may have committed something, on a thread of its own, until this is disposed.</summary>
    void Follow(Action arrived);
}
