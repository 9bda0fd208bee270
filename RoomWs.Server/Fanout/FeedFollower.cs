using System.Diagnostics.CodeAnalysis;
using Microsoft.Extensions.Logging;
using RoomWs.Protocol;
using RoomWs.Server.Sessions;
using RoomWs.Server.Storage;
using RoomWs.Server.Storage.Batch;

namespace RoomWs.Server.Fanout;

/// <summary>
/// Tells what other nodes commit, strictly by position, with this node's own batches among the rest: so what holds of the order on one node holds over all. A node that
/// cannot go on where it is closes its clients, who come back, here or elsewhere, and starts at the end. Writer's thread only.
/// </summary>
/// <param name="feed">The batches of all nodes.</param>
/// <param name="changes">Tells a change of another node.</param>
/// <param name="broadcaster">Sends what was told.</param>
/// <param name="connections">The clients of this node.</param>
/// <param name="told">Where it is.</param>
/// <param name="faults">Tells whether another try can help.</param>
/// <param name="patience">How long it tries to reach the database.</param>
/// <param name="time">The clock.</param>
/// <param name="logger">Logs where it has lost its place.</param>
internal sealed partial class FeedFollower(IFeed feed, ForeignChanges changes, Broadcaster broadcaster, ConnectionRegistry connections, ToldPosition told, IStorageFaults faults, TimeSpan patience, TimeProvider time, ILogger<FeedFollower> logger) : IOtherNodes
{
    private int _isWanted;

    /// <summary>Takes its place at the end. Called before there are clients.</summary>
    public void Begin() => told.Value = feed.Head();

    /// <summary>Goes on whenever another node has committed something.</summary>
    /// <param name="writes">Has it catch up between two batches.</param>
    public void Follow(WriteQueue writes) => feed.Follow(() =>
    {
        // One that is waiting sees whatever has come by then.
        if (Interlocked.Exchange(ref _isWanted, 1) == 0) _ = writes.CatchUpAsync();
    });

    public void TellBefore(CommitPlace place)
    {
        TellUpTo(place.Before);
        told.Telling = place.Position;
    }

    public void Told(CommitPlace place) => told.Value = Math.Max(told.Value, place.Position);

    public void CatchUp()
    {
        Volatile.Write(ref _isWanted, 0);
        if (TryRead(feed.Head, out var head)) CatchUpTo(head);
    }

    public void CatchUpTo(long position)
    {
        TellUpTo(position);
        broadcaster.EndBatch();
    }

    private void TellUpTo(long position)
    {
        while (told.Value < position)
        {
            if (!TryRead(() => feed.Read(told.Value, position), out var rows) || rows.Count == 0 || rows[0].Position != told.Value + 1)
            {
                LosePlace(position);
                return;
            }

            foreach (var row in rows)
            {
                told.Telling = row.Position;
                if (!TryTell(row)) LosePlace(row.Position);
                told.Value = row.Position;
            }
        }
    }

    private bool TryTell(FeedRow row)
    {
        try
        {
            changes.Tell(row);
            return true;
        }
        catch (Exception cause)
        {
            LogFailed(cause, row.Position);
            return false;
        }
    }

    /// <summary>Reads, and tries again for a while where the database cannot be reached. False if it could not.</summary>
    private bool TryRead<T>(Func<T> read, [MaybeNullWhen(false)] out T result)
    {
        var tries = new Retries(time, patience);
        while (true)
        {
            try
            {
                result = read();
                return true;
            }
            catch (Exception cause) when (faults.IsOfStorage(cause))
            {
                if (faults.IsWorthRetry(cause) && tries.WaitForNext(CancellationToken.None)) continue;
                result = default;
                return false;
            }
        }
    }

    /// <summary>Lets all clients go: what they were told has a hole from here on. Whoever comes back begins anew.</summary>
    private void LosePlace(long position)
    {
        LogLost(told.Value, position, connections.Count);
        told.Value = Math.Max(told.Value, position);
        foreach (var connection in connections.All) connection.Close(CloseCode.ServiceRestart, "this node has lost its place in the order of changes");
        changes.Forget();
    }

    [LoggerMessage(5003, LogLevel.Warning, "This node has lost its place in the order of changes, between {From} and {To}; its {Connections} clients are closed with 1012 and come back")]
    private partial void LogLost(long from, long to, int connections);

    [LoggerMessage(5004, LogLevel.Error, "The batch {Position} of another node could not be told")]
    private partial void LogFailed(Exception cause, long position);
}
