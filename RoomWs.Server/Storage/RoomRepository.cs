using System.Data.Common;
using Dapper;
using RoomWs.Protocol.Rooms;
using RoomWs.Server.Model;
using RoomWs.Server.Storage.Batch;

namespace RoomWs.Server.Storage;

/// <summary>What is read of rooms beside the writer. Nothing here reads a member list.</summary>
internal sealed class RoomRepository(DbConnection connection, SqlDialect dialect)
{
    private const string Columns =
        "number, id, epoch, name, thumbnail_url, slug, join_policy, active_board_id, created_at, created_by, version, updated_at, member_count, join_request_count, board_count, member_seq, message_seq";

    private const string RowColumns = "r.id, r.epoch, r.slug, r.name, r.thumbnail_url, r.member_count, m.role AS my_role, r.join_policy, r.version, r.updated_at";

    private const string AllRooms =
        $"""
        SELECT {RowColumns}
        FROM rooms r LEFT JOIN members m ON m.room_number = r.number AND m.user_id = @userId
        WHERE r.id > @after
        ORDER BY r.id
        LIMIT @limit
        """;

    // Two lists in order, each cut where the page must end, so that a page costs the same however many rooms are hidden from the user. The policy is a
    // literal, and not a parameter, because only so can the index of the shown rooms answer; INDEXED BY, because SQLite would else walk all rooms by their key.
    private readonly string _visibleRooms =
        $"""
        WITH shown AS (SELECT id FROM rooms {dialect.ByShown} WHERE join_policy <> 2 AND id > @after ORDER BY id LIMIT @limit),
            own AS (
                SELECT m.room_id AS id FROM members m {dialect.JoinInOrder} rooms r ON r.number = m.room_number
                WHERE m.user_id = @userId AND m.room_id > @after ORDER BY m.room_id LIMIT @limit),
            page AS (SELECT id FROM shown UNION SELECT id FROM own ORDER BY id LIMIT @limit)
        SELECT {RowColumns}
        FROM page {dialect.JoinInOrder} rooms r ON r.id = page.id LEFT JOIN members m ON m.room_number = r.number AND m.user_id = @userId
        ORDER BY page.id
        """;

    public StoredRoom? Find(string roomId) =>
        connection.QueryFirstOrDefault<StoredRoom>($"SELECT {Columns} FROM rooms WHERE id = @roomId", new { roomId });

    public string? FindIdBySlug(string slug) =>
        connection.QueryFirstOrDefault<string>("SELECT id FROM rooms WHERE slug = @slug", new { slug });

    /// <summary>The epoch of a room. Null if there is no such room.</summary>
    public string? Epoch(string roomId) => connection.QueryFirstOrDefault<string>("SELECT epoch FROM rooms WHERE id = @roomId", new { roomId });

    /// <summary>Whether the room is at this version, and not another one that was made under its id since.</summary>
    public bool IsAt(string roomId, string epoch, long version) => connection.ExecuteScalar<bool>(
        "SELECT EXISTS (SELECT 1 FROM rooms WHERE id = @roomId AND epoch = @epoch AND version = @version)",
        new { roomId, epoch, version });

    /// <summary>The room with the user's role in it. Null if there is no such room.</summary>
    public RoomAccess? Access(string roomId, string userId) => connection.QueryFirstOrDefault<RoomAccess>(
        """
        SELECT r.id AS room_id, r.version, r.join_policy, r.member_count, m.role
        FROM rooms r LEFT JOIN members m ON m.room_number = r.number AND m.user_id = @userId
        WHERE r.id = @roomId
        """,
        new { roomId, userId });

    /// <summary>The position of the last batch that is in what is read.</summary>
    public long Position() => connection.ExecuteScalar<long>("SELECT position FROM head");

    public bool Any() => connection.ExecuteScalar<bool>("SELECT EXISTS (SELECT 1 FROM rooms)");

    /// <summary>The user's rooms with an id greater than <paramref name="after"/>, in order of id.</summary>
    public IEnumerable<RoomRow> ListOfUser(string userId, string after, int limit) => connection.Query<RoomRow>(
        $"""
        SELECT {RowColumns}
        FROM members m {dialect.JoinInOrder} rooms r ON r.number = m.room_number
        WHERE m.user_id = @userId AND m.room_id > @after
        ORDER BY m.room_id
        LIMIT @limit
        """,
        new { userId, after, limit });

    /// <summary>
    /// The rooms that the user may see, with an id greater than <paramref name="after"/>, in order of id: its own and those that are not INVITE,
    /// or all if <paramref name="seesAll"/>.
    /// </summary>
    public IEnumerable<RoomRow> ListVisible(string userId, bool seesAll, string after, int limit) =>
        connection.Query<RoomRow>(seesAll ? AllRooms : _visibleRooms, new { userId, after, limit });
}
