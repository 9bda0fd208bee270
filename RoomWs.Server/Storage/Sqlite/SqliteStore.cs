using RoomWs.Protocol.Members;
using RoomWs.Server.Model;
using RoomWs.Server.Storage.Batch;

namespace RoomWs.Server.Storage.Sqlite;

/// <summary>Batches of changes in a SQLite file, of which this is the only writer. Writer's thread only.</summary>
internal sealed class SqliteStore : IStore
{
    private readonly PreparedConnection _connection;
    private readonly SqliteLoader _loader;
    private readonly SqliteFlush _flush;
    private readonly SqliteFeed _feed;
    private readonly SqliteStatement _head;
    private readonly SqliteStatement _members;
    private readonly SqliteStatement _requests;
    private readonly SqliteStatement _invites;

    /// <summary>Prepares the statements.</summary>
    /// <param name="connection">The only connection that writes. It is disposed with this.</param>
    /// <param name="time">The clock.</param>
    public SqliteStore(PreparedConnection connection, TimeProvider time)
    {
        (_connection, _loader, _flush, _feed) = (connection, new SqliteLoader(connection), new SqliteFlush(connection), new SqliteFeed(connection, time));
        _head = new(connection, "SELECT position, next_number, room_count FROM head");
        _members = new(connection, "SELECT user_id, role, joined_at FROM members WHERE room_number = ?1 ORDER BY position");
        _requests = new(connection, """
            SELECT q.user_id, q.request_id, q.requested_at, COALESCE(u.username, q.user_id) FROM join_requests q LEFT JOIN users u ON u.id = q.user_id
            WHERE q.room_number = ?1 ORDER BY q.request_id LIMIT ?2
            """);
        _invites = new(connection, "SELECT COUNT(*) FROM (SELECT 1 FROM invites WHERE room_number = ?1 AND created_by = ?2 AND used_at IS NULL AND expires_at > ?3 LIMIT ?4) AS counted");
    }

    public long WrittenRows => _connection.ChangedRows;

    public void Begin(Needs needs, BatchRows rows, bool isToWrite)
    {
        // IMMEDIATE: a lock of another program should fail the batch here, not between two jobs. A job that only reads does not need the lock.
        _connection.Run(isToWrite ? "BEGIN IMMEDIATE" : "BEGIN");
        if (!_head.Step()) throw new InvalidOperationException("The database has no head.");
        rows.Load(new StoredHead(_head.Number(0), _head.Number(1), _head.Number(2)));
        _head.Reset();
        Load(needs, rows);
    }

    public void Load(Needs needs, BatchRows rows) => _loader.Load(needs, rows);

    public Member[] Members(long room)
    {
        var members = new List<Member>();
        _members.Bind(1, room);
        while (_members.Step()) members.Add(new Member(_members.Text(0), (RoomRole)_members.Number(1), _members.Number(2)));
        return [.. members];
    }

    public List<(string UserId, StoredRequest Request)> Requests(long room, int limit)
    {
        var requests = new List<(string, StoredRequest)>();
        _requests.Bind(1, room).Bind(2, limit);
        while (_requests.Step()) requests.Add((_requests.Text(0), new StoredRequest(_requests.Text(1), _requests.Number(2), _requests.Text(3))));
        return requests;
    }

    public int UsableInvites(long room, string createdBy, long now, int countTo)
    {
        var count = 0;
        _invites.Bind(1, room).Bind(2, createdBy).Bind(3, now).Bind(4, countTo);
        while (_invites.Step()) count = (int)_invites.Number(0);
        return count;
    }

    public void Write(BatchRows rows) => _flush.Write(rows);

    public CommitPlace Commit(BatchRows rows)
    {
        _flush.Write(rows);
        // What is written first has moved the head on, and nothing else has written since.
        var position = rows.Head.Position + (rows.IsPartlyWritten ? 1 : 0);
        if (rows.Feed.Rows.Count > 0) _feed.Write(position, rows.Feed.Rows);
        _connection.Run("COMMIT");
        return new CommitPlace(position, rows.IsPartlyWritten);
    }

    public void RollBack()
    {
        // SQLite may have rolled back by itself already, for example on a full disk.
        if (_connection.InTransaction) _connection.Run("ROLLBACK");
    }

    public void TakeOnlyReads(bool whether) => _connection.Run(whether ? "PRAGMA query_only = ON" : "PRAGMA query_only = OFF");

    // Does not wait: where a reader is in the log, it moves what it can into the database, and leaves the file as long as it is.
    public void ShrinkLog() => _connection.Run("PRAGMA wal_checkpoint(TRUNCATE)");

    public void Dispose()
    {
        _loader.Dispose();
        _flush.Dispose();
        _feed.Dispose();
        foreach (var statement in new[] { _head, _members, _requests, _invites }) statement.Dispose();
        _connection.Dispose();
    }
}
