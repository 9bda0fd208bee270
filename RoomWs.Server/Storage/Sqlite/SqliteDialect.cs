using RoomWs.Server.Storage.Batch;

namespace RoomWs.Server.Storage.Sqlite;

/// <summary>How SQLite says it.</summary>
internal sealed class SqliteDialect : SqlDialect
{
    public static readonly SqliteDialect Instance = new();

    // SQLite keeps the order of a CROSS JOIN, and would else choose one by guesses: it has no statistics.
    public override string JoinInOrder => "CROSS JOIN";

    public override string ByShown => "INDEXED BY rooms_shown";

    public override bool GivesBackPages => true;

    public override bool KeepsAllowances => false;

    public override string Among(string parameter) => $"IN (SELECT value FROM json_each(@{parameter}))";

    public override string Some(string table, string? key, string which) => $"{key ?? "rowid"} IN (SELECT {(key ?? "rowid").Trim('(', ')')} FROM {table} {which})";
}
