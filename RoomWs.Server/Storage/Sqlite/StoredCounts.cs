using Dapper;
using Microsoft.Data.Sqlite;

namespace RoomWs.Server.Storage.Sqlite;

/// <summary>What the tables say of each other, such as how many members a room has. The writer relies on it, so a file that another program has changed may be whole and wrong.</summary>
internal static class StoredCounts
{
    /// <summary>Since then there are a head, a feed and counts.</summary>
    private const long FirstSchema = 9;

    private static readonly (string What, string Wrong)[] Counts =
    [
        ("members of a room", "SELECT id FROM rooms r WHERE member_count <> (SELECT COUNT(*) FROM members m WHERE m.room_number = r.number)"),
        ("join requests of a room", "SELECT id FROM rooms r WHERE join_request_count <> (SELECT COUNT(*) FROM join_requests q WHERE q.room_number = r.number)"),
        ("boards of a room", "SELECT id FROM rooms r WHERE board_count <> (SELECT COUNT(*) FROM boards b WHERE b.room_number = r.number)"),
        ("messages of a room", "SELECT id FROM rooms r WHERE message_seq < (SELECT COALESCE(MAX(seq), 0) FROM messages m WHERE m.room_number = r.number)"),
        ("rooms", "SELECT 'head' FROM head WHERE room_count <> (SELECT COUNT(*) FROM rooms)"),
        ("numbers that are given out", "SELECT 'head' FROM head WHERE next_number <= (SELECT COALESCE(MAX(number), 0) FROM (SELECT number FROM rooms UNION ALL SELECT number FROM boards UNION ALL SELECT number FROM remains))"),
    ];

    /// <summary>What the writer cannot do without and the file does not have. Null if it has all.</summary>
    public static string? Missing(SqliteConnection connection)
    {
        if (!IsCounted(connection)) return null;
        foreach (var table in new[] { "head", "feed", "remains" })
        {
            if (connection.ExecuteScalar<long>("SELECT COUNT(*) FROM sqlite_master WHERE type = 'table' AND name = @table", new { table }) == 0) return $"it has no table {table}";
        }

        return connection.ExecuteScalar<long>("SELECT COUNT(*) FROM head") == 1 ? null : "its table head has not one row";
    }

    /// <summary>The first count that is wrong. Null if none is.</summary>
    public static string? Wrong(SqliteConnection connection)
    {
        if (Missing(connection) is { } missing) return missing;
        if (!IsCounted(connection)) return null;
        foreach (var (what, wrong) in Counts)
        {
            if (connection.QueryFirstOrDefault<string>($"{wrong} LIMIT 1") is { } where) return $"the number of the {what} is wrong, first of {where}";
        }

        return null;
    }

    private static bool IsCounted(SqliteConnection connection) => connection.ExecuteScalar<long>("SELECT COALESCE(MAX(version), 0) FROM schema_migrations") >= FirstSchema;
}
