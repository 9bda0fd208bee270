using System.Data.Common;
using System.Globalization;
using System.Text;
using RoomWs.Tests.Support;
using WireFrames = RoomWs.Tests.Documentation.Frames;

namespace RoomWs.Tests.WholeServer.Nodes;

/// <summary>What the tables of a database hold, as text that is the same wherever the same was done: without what the server makes up.</summary>
internal sealed class StoredTables(TestDatabase database, bool isPostgres)
{
    /// <summary>What is the database's own: how it numbers its batches, which of its scripts it has run, and what several nodes share.</summary>
    private static readonly string[] OfDatabase = ["head", "feed", "schema_migrations", "allowances", "presence", "presence_mark"];

    /// <summary>Numbers that SQLite needs for rows whose table has another key in PostgreSQL.</summary>
    private static readonly (string Table, string Name)[] OfFile = [("messages", "number"), ("board_updates", "number")];

    /// <summary>Those that a snapshot has made needless stay for a while in PostgreSQL, and with a board that is gone until they are swept.</summary>
    private const string NeededUpdates =
        """
        (SELECT u.* FROM board_updates u JOIN boards b ON b.number = u.board_number
         WHERE u.seq > CASE WHEN b.previous_payload IS NULL THEN b.snapshot_seq ELSE b.previous_seq END) AS needed
        """;

    /// <summary>Hashes of what the server makes up.</summary>
    private static readonly string[] OfSecrets = ["code_hash", "fingerprint"];

    public Dictionary<string, List<string>> Rows()
    {
        using var connection = database.Open();
        return Columns(connection)
            .Where(column => !OfDatabase.Contains(column.Table) && !OfFile.Contains(column) && !OfSecrets.Contains(column.Name))
            .GroupBy(column => column.Table, column => column.Name, StringComparer.Ordinal)
            .ToDictionary(table => table.Key, table => Rows(connection, table.Key, [.. table.Order(StringComparer.Ordinal)]));
    }

    private List<(string Table, string Name)> Columns(DbConnection connection) => connection.Rows(
        isPostgres
            ? "SELECT table_name, column_name FROM information_schema.columns WHERE table_schema = current_schema()"
            : "SELECT t.name, c.name FROM sqlite_master t, pragma_table_info(t.name) c WHERE t.type = 'table' AND t.name NOT LIKE 'sqlite_%'",
        row => (row.GetString(0), row.GetString(1)));

    private static List<string> Rows(DbConnection connection, string table, string[] columns) =>
        [.. connection.Rows($"SELECT {string.Join(", ", columns)} FROM {(table == "board_updates" ? NeededUpdates : table)}", row => string.Join(", ", columns.Select((column, i) => $"{column} {Text(row.GetValue(i))}"))).Order(StringComparer.Ordinal)];

    private static string Text(object value)
    {
        var text = value is byte[] bytes ? Encoding.UTF8.GetString(bytes) : Convert.ToString(value, CultureInfo.InvariantCulture)!;
        foreach (var made in WireFrames.MadeIn(text)) text = text.Replace(made, "(made)", StringComparison.Ordinal);
        return text;
    }
}
