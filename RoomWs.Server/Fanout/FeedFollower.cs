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
/// <param name="watch">Is told whenever the database has been heard of.</param>
/// <param name="faults">Tells whether another try can help.</param>
/// <param name="patience">How long it tries to reach the database.</param>
/// <param name="time">The clock.</param>
/// <param name="logger">Logs where it has lost its place.</param>
internal sealed partial class FeedFollower(IFeed feed, ForeignChanges changes, Broadcaster broadcaster, ConnectionRegistry connections, ToldPosition told, FeedWatch watch, IStorageFaults faults, TimeSpan patience, TimeProvider time, ILogger<FeedFollower> logger) : IOtherNodes
{
    /// <summary>The last position that is known to be there and was not asked for yet. 0 for none.</summary>
    private long _noticed;

    /// <summary>The last position that it had to get to.</summary>
    private long _wanted;

    /// <summary>How many batches of other nodes it knows of and has not told. May be read from any thread.</summary>
    public long Lag => Math.Max(0, Math.Max(Volatile.Read(ref _wanted), NoticedUpTo) - told.Value);

    private long NoticedUpTo => Volatile.Read(ref _noticed) is var position and < long.MaxValue ? position : 0;

    /// <summary>Takes its place at the end. Called before there are clients.</summary>
    public void Begin()
    {
        told.Value = feed.Head();
        feed.Lost = LosePlace;
    }

    /// <summary>Goes on whenever another node has committed something.</summary>
    /// <param name="writes">Has it catch up between two batches.</param>
    public void Follow(WriteQueue writes) => feed.Follow(position =>
    {
        // The last one counts. Where one waits for its turn, that will be this one's, too.
        if (Raise(position) == 0) _ = writes.Gap.RunAsync(CatchUpNoticed);
    });

    public void TellBefore(CommitPlace place)
    {
        TellUpTo(place.Before);
        told.Telling = place.Position;
    }

    public void Told(CommitPlace place)
    {
        told.Value = Math.Max(told.Value, place.Position);
        watch.Heard();
    }

    public void CatchUp()
    {
        if (TryRead(feed.Head, out var head)) CatchUpTo(head);
    }

    public void CatchUpTo(long position)
    {
        TellUpTo(position);
        broadcaster.EndBatch();
    }

    private void CatchUpNoticed()
    {
        if (Interlocked.Exchange(ref _noticed, 0) is var position and < long.MaxValue) CatchUpTo(position);
        else CatchUp();
    }

    /// <summary>Raises what was noticed to a position. Returns what it was.</summary>
    private long Raise(long position)
    {
        while (true)
        {
            var before = Volatile.Read(ref _noticed);
            if (before >= position || Interlocked.CompareExchange(ref _noticed, position, before) == before) return before;
        }
    }

    private void TellUpTo(long position)
    {
        Volatile.Write(ref _wanted, position);
        while (told.Value < position)
        {
            var after = told.Value;
            var isRead = TryRead(() => feed.Read(after, position), out var rows);
            // With the read it may have lost its place already, and have begun anew.
            if (told.Value != after) continue;
            if (!isRead || rows!.Count == 0 || rows[0].Position != after + 1) LosePlace(position);
            else TellAll(rows);
        }
    }

    private void TellAll(IReadOnlyList<FeedRow> rows)
    {
        foreach (var row in rows)
        {
            if (!TryTell(row)) return;
        }
    }

    /// <summary>Tells a batch. False if it has lost its place.</summary>
    private bool TryTell(FeedRow row)
    {
        var after = told.Value;
        try
        {
            var isRead = TryRead(() => changes.Read(row), out var news);
            if (told.Value != after) return false;
            if (isRead)
            {
                told.Telling = row.Position;
                changes.Tell(news!, row.Position);
                told.Value = row.Position;
                return true;
            }
        }
        catch (Exception cause)
        {
            LogFailed(cause, row.Position);
        }

        // Whatever became of the read: where it has found another database, it has begun anew there, and this position is of the one before.
        if (told.Value == after) LosePlace(row.Position);
        return false;
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
                watch.Heard();
                return true;
            }
            catch (Exception cause) when (faults.IsOfStorage(cause))
            {
                if (faults.IsWorthRetry(cause) && tries.WaitForNext(CancellationToken.None)) continue;
                result = default;
                return false;
            }
            catch (Exception cause)
            {
                // Whatever it is: what could not be read must not be passed over as if it were told.
                LogNotRead(cause);
                result = default;
                return false;
            }
        }
    }

    /// <summary>Lets all clients go: what they were told has a hole from here on. Whoever comes back begins anew.</summary>
    private void LosePlace(long position)
    {
        LogLost(told.Value, position, connections.Count);
        told.Value = position;
        foreach (var connection in connections.All) connection.Close(CloseCode.ServiceRestart, "this node has lost its place in the order of changes");
        changes.Forget();
    }

    [LoggerMessage(5003, LogLevel.Warning, "This node has lost its place in the order of changes, between {From} and {To}; its {Connections} clients are closed with 1012 and come back")]
    private partial void LogLost(long from, long to, int connections);

    [LoggerMessage(5008, LogLevel.Error, "What other nodes have committed could not be read")]
    private partial void LogNotRead(Exception cause);

    [LoggerMessage(5004, LogLevel.Error, "The batch {Position} of another node could not be told")]
    private partial void LogFailed(Exception cause, long position);
}
