using Npgsql;
using NpgsqlTypes;
using RoomWs.Server.Storage.Batch;

namespace RoomWs.Server.Storage.Postgres;

/// <summary>
/// Commits batches, each with its row in the feed, and finds out what became of a commit whose answer was lost. Writer's thread only.
/// </summary>
internal sealed class FeedWriter(WriterSession session, FeedWitness witness, NotifyQueue queue, string node, TimeSpan patience, TimeProvider time) : IDisposable
{
    private const string Write =
        """
        WITH h AS (UPDATE head SET position = position + 1, room_count = room_count + $1 WHERE single RETURNING position),
            f AS (INSERT INTO feed (position, node, n, at, body) SELECT position, $2, $3, $4, $5 FROM h RETURNING position)
        SELECT position
        """;

    /// <summary>With the commit all nodes are told of the row.</summary>
    private const string Heard = Write + ", pg_notify('roomws', position || ' ' || $2) FROM f";

    /// <summary>The nodes find the row by themselves.</summary>
    private const string Unheard = Write + " FROM f";

    private readonly FeedBody _body = new(hasEvents: true);

    /// <summary>How many batches this node has written: with its name, what tells a batch from all others.</summary>
    private long _batches;
    private bool _hasCounted;

    /// <summary>Commits what the round trip writes. The head is changed last, and is locked until the commit: so positions are in the order of the commits.</summary>
    /// <returns>The batch's position.</returns>
    public long Commit(BatchRows rows, RoundTrip trip)
    {
        if (!_hasCounted) CountBatches();
        _batches++;
        var position = 0L;
        trip.Read(
            queue.IsFilling ? Unheard : Heard,
            row => position = row.GetInt64(0),
            new NpgsqlParameter<long> { TypedValue = rows.Head.RoomCount - rows.Loaded.RoomCount },
            new NpgsqlParameter<string> { TypedValue = node, NpgsqlDbType = NpgsqlDbType.Text },
            new NpgsqlParameter<long> { TypedValue = _batches },
            new NpgsqlParameter<long> { TypedValue = rows.LockedAt!.Value.ToUnixTimeMilliseconds() },
            new NpgsqlParameter<ReadOnlyMemory<byte>> { TypedValue = _body.Of(rows.Feed.Rows), NpgsqlDbType = NpgsqlDbType.Bytea });
        trip.Do("COMMIT");
        try
        {
            trip.Run();
        }
        catch (Exception cause) when (!session.IsOpen && PostgresFault.IsWorthRetry(cause))
        {
            // The connection was lost: the commit may have been made all the same.
            if (Committed() is not { } made) throw;
            position = made;
        }

        witness.See(position, node, _batches);
        return position;
    }

    public void Dispose() => _body.Dispose();

    /// <summary>The position of the last batch, if it was committed. Waits for the database for as long as it waits for others.</summary>
    private long? Committed()
    {
        var tries = new Retries(time, patience);
        while (true)
        {
            try
            {
                // When it is open, the session before it is over, and what it has not committed by now it never will.
                session.Open();
                long? position = null;
                var trip = new RoundTrip(session.Connection);
                trip.Read(
                    "SELECT position FROM feed WHERE node = $1 AND n = $2",
                    row => position = row.GetInt64(0),
                    new NpgsqlParameter<string> { TypedValue = node, NpgsqlDbType = NpgsqlDbType.Text },
                    new NpgsqlParameter<long> { TypedValue = _batches });
                trip.Run();
                return position;
            }
            catch (NpgsqlException fault) when (PostgresFault.IsWorthRetry(fault) && tries.WaitForNext(CancellationToken.None))
            {
                // Another try.
            }
        }
    }

    /// <summary>A node that was started again under its name goes on counting where it has stopped. Below 0 are the rows that are none of batches.</summary>
    private void CountBatches()
    {
        var trip = new RoundTrip(session.Connection);
        trip.Read(
            "SELECT GREATEST(max(n), 0) FROM feed WHERE node = $1",
            row => _batches = row.GetInt64(0),
            new NpgsqlParameter<string> { TypedValue = node, NpgsqlDbType = NpgsqlDbType.Text });
        trip.Run();
        _hasCounted = true;
    }
}
