using RoomWs.Protocol.Rooms;
using RoomWs.Server.Storage.Batch;

namespace RoomWs.Server.Storage.Sqlite;

/// <summary>Reads the rows that a batch needs. In the same process, a row by its key costs next to nothing, so there is a statement a row. Writer's thread only.</summary>
internal sealed class SqliteLoader : IDisposable
{
    private const string RoomColumns =
        "number, id, epoch, name, thumbnail_url, slug, join_policy, active_board_id, created_at, created_by, version, updated_at, member_count, join_request_count, board_count, member_seq, message_seq";

    private readonly SqliteRoomLoader _rooms;
    private readonly SqliteStatement _room;
    private readonly SqliteStatement _roomBySlug;
    private readonly SqliteStatement _user;
    private readonly SqliteStatement _reply;
    private readonly SqliteStatement _ownRooms;
    private readonly SqliteStatement _addedRooms;
    private readonly SqliteStatement[] _all;

    public SqliteLoader(PreparedConnection connection)
    {
        _rooms = new SqliteRoomLoader(connection);
        _all =
        [
            _room = new(connection, $"SELECT {RoomColumns} FROM rooms WHERE id = ?1"),
            _roomBySlug = new(connection, "SELECT id FROM rooms WHERE slug = ?1"),
            _user = new(connection, "SELECT username, thumbnail_url, updated_at FROM users WHERE id = ?1"),
            _reply = new(connection, "SELECT fingerprint, reply_type, reply, room_id, created_at FROM idempotency WHERE user_id = ?1 AND key = ?2"),
            _ownRooms = Count(connection, wasAdded: 0),
            _addedRooms = Count(connection, wasAdded: 1),
        ];
    }

    public void Load(Needs needs, BatchRows rows)
    {
        foreach (var (userId, key) in needs.Replies)
        {
            // The room that the reply shows, which a retry of it may not name.
            if (LoadReply(userId, key, rows)?.RoomId is { } roomId) needs.Room(roomId).Members.Add(userId);
        }

        foreach (var (hash, userId) in needs.Codes)
        {
            // The code's room, as if the request had named it.
            if (_rooms.LoadCode(hash, rows) is not { } invite) continue;
            var room = needs.Room(invite.RoomId);
            room.Members.Add(userId);
            room.Members.Add(invite.CreatedBy);
            room.Requests.Add(userId);
        }

        foreach (var slug in needs.Slugs) LoadSlug(slug, rows);
        foreach (var room in needs.Rooms)
        {
            if (LoadRoom(room, rows) is { } stored) _rooms.Load(room, stored, rows);
        }

        foreach (var userId in needs.Users) LoadUser(userId, rows);
        foreach (var (userId, countTo) in needs.OwnRooms) LoadCount(_ownRooms, rows.OwnRooms, userId, countTo);
        foreach (var (userId, countTo) in needs.AddedRooms) LoadCount(_addedRooms, rows.AddedRooms, userId, countTo);
    }

    public void Dispose()
    {
        foreach (var statement in _all) statement.Dispose();
        _rooms.Dispose();
    }

    /// <summary>Counts memberships, but none of a room that is deleted and of which they are still there.</summary>
    private static SqliteStatement Count(PreparedConnection connection, int wasAdded) => new(
        connection,
        $"""
        SELECT COUNT(*) FROM (
            SELECT 1 FROM members WHERE user_id = ?1 AND was_added = {wasAdded} AND room_number NOT IN (SELECT number FROM remains) LIMIT ?2) AS counted
        """);

    private StoredRoom? LoadRoom(RoomNeeds needs, BatchRows rows)
    {
        var id = needs.Id ?? LoadSlug(needs.Slug!, rows);
        if (id is null) return null;
        if (rows.Rooms.TryGet(id, out var known)) return known;

        StoredRoom? room = null;
        _room.Bind(1, id);
        while (_room.Step()) room = Room(_room);
        rows.Rooms.Load(id, room);
        return room;
    }

    private string? LoadSlug(string slug, BatchRows rows)
    {
        if (rows.Slugs.TryGet(slug, out var known)) return known;

        string? roomId = null;
        _roomBySlug.Bind(1, slug);
        while (_roomBySlug.Step()) roomId = _roomBySlug.Text(0);
        rows.Slugs.Load(slug, roomId);
        return roomId;
    }

    private void LoadUser(string userId, BatchRows rows)
    {
        if (rows.Users.Knows(userId)) return;
        StoredUser? user = null;
        _user.Bind(1, userId);
        while (_user.Step()) user = new StoredUser(_user.Text(0), _user.TextOrNull(1), _user.Number(2));
        rows.Users.Load(userId, user);
    }

    private IdempotencyRow? LoadReply(string userId, string key, BatchRows rows)
    {
        if (rows.Replies.TryGet((userId, key), out var known)) return known;
        IdempotencyRow? reply = null;
        _reply.Bind(1, userId).Bind(2, key);
        while (_reply.Step())
        {
            reply = new IdempotencyRow { Fingerprint = _reply.Bytes(0), ReplyType = _reply.Text(1), Reply = _reply.Bytes(2), RoomId = _reply.TextOrNull(3), CreatedAt = _reply.Number(4) };
        }

        rows.Replies.Load((userId, key), reply);
        return reply;
    }

    private static void LoadCount(SqliteStatement statement, KnownCounts counts, string userId, int countTo)
    {
        if (counts.Knows(userId)) return;
        statement.Bind(1, userId).Bind(2, countTo);
        while (statement.Step()) counts.Load(userId, (int)statement.Number(0));
    }

    private static StoredRoom Room(SqliteStatement row) => new()
    {
        Number = row.Number(0),
        Id = row.Text(1),
        Epoch = row.Text(2),
        Name = row.Text(3),
        ThumbnailUrl = row.TextOrNull(4),
        Slug = row.TextOrNull(5),
        JoinPolicy = (JoinPolicy)row.Number(6),
        ActiveBoardId = row.TextOrNull(7),
        CreatedAt = row.Number(8),
        CreatedBy = row.Text(9),
        Version = row.Number(10),
        UpdatedAt = row.Number(11),
        MemberCount = (int)row.Number(12),
        JoinRequestCount = (int)row.Number(13),
        BoardCount = (int)row.Number(14),
        MemberSeq = row.Number(15),
        MessageSeq = row.Number(16),
    };
}
