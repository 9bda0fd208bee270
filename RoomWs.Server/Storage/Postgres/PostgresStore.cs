using Npgsql;
using NpgsqlTypes;
using RoomWs.Protocol.Members;
using RoomWs.Server.Model;
using RoomWs.Server.Storage.Batch;

namespace RoomWs.Server.Storage.Postgres;

/// <summary>
/// Batches of changes in a PostgreSQL database that several nodes write to: a batch is a round trip that locks its rooms and reads what it needs, and one that writes
/// and commits. Writer's thread only.
/// </summary>
/// <param name="session">The session that this node writes with.</param>
/// <param name="feed">Commits the batches.</param>
/// <param name="past">Deletes what boards do not need any more.</param>
/// <param name="clock">Stands for the database's clock. Null for the clock that it has, by which all nodes count, whatever their own say.</param>
internal sealed class PostgresStore(WriterSession session, FeedWriter feed, PastUpdates past, TimeProvider? clock) : IStore
{
    /// <summary>More numbers of rooms and boards than a batch takes.</summary>
    private const long NumbersPerBatch = 1_024;

    /// <summary>How many numbers the sequence gives out at a time.</summary>
    private const long NumbersPerBlock = 65_536;

    private bool _isInBatch;
    private bool _isOnlyReading;
    private Exception? _away;
    private long _sessions;
    private long _nextNumber;
    private long _endOfNumbers;

    public long WrittenRows { get; private set; }

    public void Begin(Needs needs, BatchRows rows, bool isToWrite)
    {
        Open();
        _isInBatch = true;
        // A database that had lost something gives the numbers of this node to another.
        if (_sessions != session.Sessions) (_sessions, _nextNumber, _endOfNumbers) = (session.Sessions, 0, 0);
        var trip = new RoundTrip(session.Connection);
        trip.Do(isToWrite ? "BEGIN" : "BEGIN READ ONLY");
        if (isToWrite && _endOfNumbers - _nextNumber < NumbersPerBatch)
        {
            trip.Read("SELECT nextval('numbers')", row => (_nextNumber, _endOfNumbers) = (row.GetInt64(0), row.GetInt64(0) + NumbersPerBlock));
        }

        trip.Read("SELECT position, room_count FROM head WHERE single", row => rows.Load(new StoredHead(row.GetInt64(0), _nextNumber, row.GetInt64(1))));
        new PostgresLoader(session.Connection, needs, rows).Load(trip, behind => behind.Read("SELECT clock_timestamp()", row => rows.LockedAt = clock?.GetUtcNow() ?? row.GetFieldValue<DateTimeOffset>(0)));
    }

    public void Load(Needs needs, BatchRows rows) => new PostgresLoader(session.Connection, needs, rows).Load(new RoundTrip(session.Connection));

    public Member[] Members(long room)
    {
        var members = new List<Member>();
        Read(
            "SELECT user_id, role, joined_at FROM members WHERE room_number = $1 ORDER BY position",
            row => members.Add(new Member(row.GetString(0), (RoomRole)row.GetInt64(1), row.GetInt64(2))),
            Parameter(room));
        return [.. members];
    }

    public List<(string UserId, StoredRequest Request)> Requests(long room, int limit)
    {
        var requests = new List<(string, StoredRequest)>();
        Read(
            """
            SELECT q.user_id, q.request_id, q.requested_at, COALESCE(u.username, q.user_id) FROM join_requests q LEFT JOIN users u ON u.id = q.user_id
            WHERE q.room_number = $1 ORDER BY q.request_id LIMIT $2
            """,
            row => requests.Add((row.GetString(0), new StoredRequest(row.GetString(1), row.GetInt64(2), row.GetString(3)))),
            Parameter(room),
            Parameter(limit));
        return requests;
    }

    public int UsableInvites(long room, string createdBy, long now, int countTo)
    {
        var count = 0L;
        Read(
            "SELECT count(*) FROM (SELECT FROM invites WHERE room_number = $1 AND created_by = $2 AND used_at IS NULL AND expires_at > $3 LIMIT $4) AS counted",
            row => count = row.GetInt64(0),
            Parameter(room),
            new NpgsqlParameter<string> { TypedValue = createdBy, NpgsqlDbType = NpgsqlDbType.Text },
            Parameter(now),
            Parameter(countTo));
        return (int)count;
    }

    public void Write(BatchRows rows)
    {
        if (!rows.HasChanged) return;
        var trip = new RoundTrip(session.Connection);
        PostgresFlush.Add(rows, past, trip);
        trip.Run();
        rows.Written();
    }

    public CommitPlace Commit(BatchRows rows)
    {
        var trip = new RoundTrip(session.Connection);
        if (rows is { HasChanged: false, IsPartlyWritten: false })
        {
            var seen = rows.Head.Position;
            // Last: what it has read beside its rooms may be newer than where it began.
            trip.Read("SELECT position FROM head", row => seen = row.GetInt64(0));
            trip.Do("COMMIT");
            trip.Run();
            _isInBatch = false;
            return new CommitPlace(seen, IsOwn: false);
        }

        PostgresFlush.Add(rows, past, trip);
        var position = feed.Commit(rows, trip);
        _isInBatch = false;
        _nextNumber = rows.Head.NextNumber;
        WrittenRows++;
        return new CommitPlace(position, IsOwn: true);
    }

    public void RollBack()
    {
        if (!_isInBatch) return;
        _isInBatch = false;
        if (!session.IsOpen) return;
        try
        {
            var trip = new RoundTrip(session.Connection);
            trip.Do("ROLLBACK");
            trip.Run();
        }
        catch (NpgsqlException)
        {
            // The end of the session undoes it, too.
            session.Close();
        }
    }

    public void TakeOnlyReads(bool whether) => (_isOnlyReading, _away) = (whether, null);

    public void ShrinkLog()
    {
        // PostgreSQL sees to its own.
    }

    public void Dispose()
    {
        feed.Dispose();
        session.Dispose();
    }

    private void Open()
    {
        // Where the database is away, several jobs in a row do not wait for it one after the other.
        if (_isOnlyReading && _away is { } away) throw new NpgsqlException("The database was away a moment ago.", away);
        try
        {
            session.Open();
        }
        catch (Exception cause)
        {
            _away = cause;
            throw;
        }
    }

    private void Read(string sql, Action<NpgsqlDataReader> read, params ReadOnlySpan<NpgsqlParameter> parameters)
    {
        var trip = new RoundTrip(session.Connection);
        trip.Read(sql, read, parameters);
        trip.Run();
    }

    private static NpgsqlParameter<long> Parameter(long value) => new() { TypedValue = value };
}
