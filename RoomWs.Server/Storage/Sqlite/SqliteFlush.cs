using System.Text.Json;
using RoomWs.Protocol;
using RoomWs.Server.Storage.Batch;

namespace RoomWs.Server.Storage.Sqlite;

/// <summary>Writes what a batch has changed: each changed row once, table by table. Writer's thread only.</summary>
internal sealed class SqliteFlush : IDisposable
{
    private readonly SqliteRoomFlush _rooms;
    private readonly SqliteContentFlush _contents;
    private readonly SqliteStatement _user;
    private readonly SqliteStatement _reply;
    private readonly SqliteStatement _audit;
    private readonly SqliteStatement _remains;
    private readonly SqliteStatement _head;
    private readonly SqliteStatement[] _all;

    public SqliteFlush(PreparedConnection connection)
    {
        (_rooms, _contents) = (new SqliteRoomFlush(connection), new SqliteContentFlush(connection));
        _all =
        [
            _user = new(connection, "INSERT OR REPLACE INTO users (id, username, thumbnail_url, updated_at) VALUES (?1, ?2, ?3, ?4)"),
            _reply = new(connection, "INSERT OR REPLACE INTO idempotency (user_id, key, fingerprint, reply_type, reply, room_id, created_at) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)"),
            _audit = new(connection, "INSERT INTO audit (room_number, room_id, at, user_id, action, version, targets, detail) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)"),
            _remains = new(connection, "INSERT INTO remains (number) VALUES (?1)"),
            _head = new(connection, "UPDATE head SET position = position + ?1, next_number = ?2, room_count = ?3"),
        ];
    }

    public void Write(BatchRows rows)
    {
        if (!rows.HasChanged) return;

        _rooms.Write(rows);
        _contents.Write(rows);
        foreach (var user in rows.Users.Changed)
        {
            _user.Bind(1, user.Key).Bind(2, user.Now!.Username).Bind(3, user.Now.ThumbnailUrl).Bind(4, user.Now.UpdatedAt).Run();
        }

        foreach (var reply in rows.Replies.Changed)
        {
            var row = reply.Now!;
            _reply.Bind(1, reply.Key.UserId).Bind(2, reply.Key.Key).Bind(3, row.Fingerprint).Bind(4, row.ReplyType).Bind(5, row.Reply).Bind(6, row.RoomId).Bind(7, row.CreatedAt).Run();
        }

        foreach (var row in rows.Audit.Rows)
        {
            var targets = row.Targets is null ? null : JsonSerializer.Serialize(row.Targets, ProtocolJson.Wire.IReadOnlyListString);
            _audit.Bind(1, row.RoomNumber).Bind(2, row.RoomId).Bind(3, row.At).Bind(4, row.UserId).Bind(5, row.Action).Bind(6, row.Version).Bind(7, targets).Bind(8, row.Detail).Run();
        }

        foreach (var number in rows.Remains.Rows) _remains.Bind(1, number).Run();
        // A batch has one position, however often it is written.
        _head.Bind(1, rows.IsPartlyWritten ? 0 : 1).Bind(2, rows.Head.NextNumber).Bind(3, rows.Head.RoomCount).Run();
        rows.Written();
    }

    public void Dispose()
    {
        foreach (var statement in _all) statement.Dispose();
        _rooms.Dispose();
        _contents.Dispose();
    }
}
