using RoomWs.Server.Storage.Batch;

namespace RoomWs.Server.Storage.Postgres;

/// <summary>How PostgreSQL says it. It chooses the order of joins by what it knows of the tables.</summary>
internal sealed class PostgresDialect : SqlDialect
{
    public static readonly PostgresDialect Instance = new();

    public override string JoinInOrder => "JOIN";

    public override string ByShown => "";

    public override bool GivesBackPages => false;

    public override bool KeepsAllowances => true;

    public override string Among(string parameter) => $"= ANY (ARRAY (SELECT json_array_elements_text(@{parameter}::json)))";

    // By the places of the rows: an IN of them would read the whole table.
    public override string Some(string table, string? key, string which) => $"ctid = ANY (ARRAY (SELECT ctid FROM {table} {which}))";
}
