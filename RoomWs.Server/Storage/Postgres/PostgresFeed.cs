using System.Data;
using System.Globalization;
using Npgsql;
using RoomWs.Protocol;
using RoomWs.Protocol.Boards;
using RoomWs.Protocol.Messages;
using RoomWs.Server.Storage.Batch;

namespace RoomWs.Server.Storage.Postgres;

/// <summary>Reads the feed, and hears when another node adds to it. Writer's thread only, but for the thread that listens.</summary>
internal sealed class PostgresFeed(PostgresConnections connections, FeedWitness witness, NotifyQueue queue, string node) : IFeed
{
    /// <summary>The channel on which a node says that it has committed something.</summary>
    public const string Channel = "roomws";

    /// <summary>What messages say. By the whole key in a subquery, as a batch finds them: see <see cref="PostgresRoomLoader"/>.</summary>
    public const string Messages =
        """
        SELECT n.ordinality, r.id, m.id, m.seq, m.sender_id, m.username, m.content, m.message_type, m.client_message_id, m.sent_at
        FROM unnest($1, $2, $3) WITH ORDINALITY AS n (room_id, epoch, seq) JOIN rooms r ON r.id = n.room_id AND r.epoch = n.epoch
            CROSS JOIN LATERAL (SELECT * FROM messages WHERE room_number = r.number AND seq = n.seq LIMIT 1) m
        """;

    /// <summary>What updates of boards say.</summary>
    public const string BoardUpdates =
        """
        SELECT n.ordinality, u.user_id, u.payload
        FROM unnest($1, $2, $3, $4, $5) WITH ORDINALITY AS n (room_id, epoch, board_id, board_epoch, seq) JOIN rooms r ON r.id = n.room_id AND r.epoch = n.epoch
            JOIN boards b ON b.room_number = r.number AND b.board_id = n.board_id AND b.epoch = n.board_epoch
            LEFT JOIN LATERAL (SELECT * FROM board_updates WHERE board_number = b.number AND seq = n.seq LIMIT 1) u ON true
        """;

    /// <summary>Maximum number of batches to read at once: each may be of hundreds of changes.</summary>
    private const int MaxBatches = 64;

    /// <summary>After so long without news the table is looked at all the same: a notification may be lost.</summary>
    private static readonly TimeSpan Silence = TimeSpan.FromSeconds(1);

    /// <summary>The same where nobody notifies.</summary>
    private static readonly TimeSpan Poll = TimeSpan.FromMilliseconds(50);

    /// <summary>Between two tries to reach the database.</summary>
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(100);

    private readonly CancellationTokenSource _ended = new();
    private NpgsqlConnection? _connection;
    private Thread? _listener;

    public Action<long>? Lost
    {
        set => witness.Lost = value;
    }

    public double QueueUsage => queue.Usage;

    public long Head()
    {
        var head = 0L;
        Read("SELECT position FROM head", row => head = row.GetInt64(0));
        return head;
    }

    public IReadOnlyList<FeedRow> Read(long after, long upTo)
    {
        var rows = new List<FeedRow>();
        Read(
            "SELECT position, body, node, n FROM feed WHERE position > $1 AND position <= $2 ORDER BY position LIMIT $3",
            row =>
            {
                rows.Add(new FeedRow(row.GetInt64(0), row.GetFieldValue<byte[]>(1)));
                witness.See(row.GetInt64(0), row.GetString(2), row.GetInt64(3));
            },
            new NpgsqlParameter<long> { TypedValue = after },
            new NpgsqlParameter<long> { TypedValue = upTo },
            new NpgsqlParameter<long> { TypedValue = MaxBatches });
        return rows;
    }

    public IReadOnlyDictionary<FeedEntry, ServerMessage> Contents(IReadOnlyList<FeedEntry> entries)
    {
        var contents = new Dictionary<FeedEntry, ServerMessage>(ReferenceEqualityComparer.Instance);
        var messages = entries.Where(entry => entry is { Seq: not null, BoardId: null }).ToList();
        if (messages.Count > 0)
        {
            Read(
                Messages,
                row => contents.Add(messages[(int)row.GetInt64(0) - 1], Message(row)),
                messages.Texts(entry => entry.RoomId),
                messages.Texts(entry => entry.Epoch),
                messages.Numbers(entry => entry.Seq!.Value));
        }

        var updates = entries.Where(entry => entry is { Seq: not null, BoardId: not null }).ToList();
        if (updates.Count == 0) return contents;
        Read(
            BoardUpdates,
            row =>
            {
                var entry = updates[(int)row.GetInt64(0) - 1];
                // Only where this node is far behind: see PastUpdates.
                if (row.IsDBNull(1)) throw new InvalidOperationException($"Update {entry.Seq} of board {entry.BoardId} in room {entry.RoomId} is in a snapshot, and gone from the table before it was told here.");
                contents.Add(entry, new BoardUpdated(entry.RoomId, entry.BoardId!, entry.Seq!.Value, row.GetString(1), row.GetString(2)));
            },
            updates.Texts(entry => entry.RoomId),
            updates.Texts(entry => entry.Epoch),
            updates.Texts(entry => entry.BoardId),
            updates.Texts(entry => entry.Events[0].Mark!.Epoch),
            updates.Numbers(entry => entry.Seq!.Value));
        return contents;
    }

    public void Follow(Action<long> arrived)
    {
        _listener = new Thread(() => Listen(arrived)) { Name = "RoomWs listener", IsBackground = true };
        _listener.Start();
    }

    public void Dispose()
    {
        _ended.Cancel();
        _listener?.Join();
        _connection?.Dispose();
        _ended.Dispose();
    }

    private void Read(string sql, Action<NpgsqlDataReader> read, params ReadOnlySpan<NpgsqlParameter> parameters)
    {
        try
        {
            // One that is idle may be found to be lost by its keepalive.
            if (_connection is not { State: ConnectionState.Open })
            {
                _connection?.Dispose();
                witness.Look(_connection = connections.OpenForKeys());
            }

            var trip = new RoundTrip(_connection);
            trip.Read(sql, read, parameters);
            trip.Run();
        }
        catch
        {
            // The next read has a new one.
            _connection?.Dispose();
            _connection = null;
            throw;
        }
    }

    private static RoomMessage Message(NpgsqlDataReader row) => new()
    {
        RoomId = row.GetString(1),
        RoomMessageId = row.GetString(2),
        Seq = row.GetInt64(3),
        SenderId = row.GetString(4),
        Username = row.GetString(5),
        Content = row.GetString(6),
        MessageType = row.GetString(7),
        ClientMessageId = row.TextOrNull(8),
        Timestamp = row.GetInt64(9),
    };

    private void Listen(Action<long> arrived)
    {
        while (!_ended.IsCancellationRequested)
        {
            try
            {
                ListenOnce(arrived);
            }
            catch (Exception fault) when (PostgresFault.IsEndOfSession(fault))
            {
                // Changes are noted by the writer, which cannot reach the database either.
                _ended.Token.WaitHandle.WaitOne(Pause);
            }
        }
    }

    private void ListenOnce(Action<long> arrived)
    {
        using var connection = connections.OpenAlone();
        var newest = 0L;
        connection.Notification += (_, notified) => newest = Math.Max(newest, PositionOf(notified.Payload));
        using (var listen = new NpgsqlCommand($"LISTEN {Channel}", connection)) listen.ExecuteNonQuery();
        // What came before is in the table.
        arrived(long.MaxValue);
        while (true)
        {
            queue.Look(connection);
            // Some may have come with the answer.
            if (newest == 0 && !connection.WaitAsync(queue.IsFilling ? Poll : Silence, _ended.Token).GetAwaiter().GetResult()) newest = long.MaxValue;
            if (newest > 0) arrived(newest);
            newest = 0;
        }
    }

    /// <summary>The position that a notification names, and the node. The own batches are told by the writer: zero.</summary>
    private long PositionOf(string payload)
    {
        var end = payload.IndexOf(' ', StringComparison.Ordinal);
        if (end < 0 || !long.TryParse(payload.AsSpan(0, end), CultureInfo.InvariantCulture, out var position)) return long.MaxValue;
        return payload.AsSpan(end + 1).SequenceEqual(node) ? 0 : position;
    }
}
