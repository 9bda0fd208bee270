using Dapper;
using Microsoft.Extensions.Logging;
using Npgsql;
using RoomWs.Server.Configuration;

namespace RoomWs.Server.Storage.Postgres;

/// <summary>
/// Brings the schema of a database up to date by the numbered scripts in Migrations/, in order, and records each with its checksum. One node does it, and others
/// that start meanwhile wait for it. Each script is a transaction of its own: scripts only add, and nodes of an older program run on.
/// </summary>
internal sealed partial class PostgresMigrator(PostgresConnections connections, TimeProvider time, ILogger<PostgresMigrator> log)
{
    private const string Table =
        """
        CREATE TABLE IF NOT EXISTS schema_migrations (
            version     bigint NOT NULL PRIMARY KEY,
            name        text   COLLATE "C" NOT NULL,
            checksum    text   COLLATE "C" NOT NULL,
            applied_at  bigint NOT NULL,
            readable_by bigint NOT NULL)
        """;

    /// <summary>Applies the migrations that the database does not have yet.</summary>
    /// <exception cref="StartupException">The database is not one to apply them to.</exception>
    public void BringUp()
    {
        using var connection = connections.OpenForWriting();
        TakeLock(connection);
        var applied = PostgresSchema.Applied(connection, connections.Target);
        var missing = PostgresMigration.All.Where(migration => !applied.ContainsKey(migration.Version)).ToList();
        if (missing.Count == 0) return;

        var (from, to) = (applied.Keys.DefaultIfEmpty().Max(), missing[^1].Version);
        LogBringing(connections.Target, from, to);
        foreach (var migration in missing) Apply(connection, migration);
    }

    /// <summary>Waits until no other node brings the schema up. The end of the session gives the lock back.</summary>
    private static void TakeLock(NpgsqlConnection connection)
    {
        // As long as it takes. The statements of the scripts keep the limit: one that waits for a lock holds up all who come after it.
        Run(connection, $"SET lock_timeout = 0; SELECT pg_advisory_lock({FormattableString.Invariant($"{AdvisoryKey.Migration}")}); RESET lock_timeout");
    }

    private void Apply(NpgsqlConnection connection, PostgresMigration migration)
    {
        using var transaction = connection.BeginTransaction();
        Run(connection, $"SET LOCAL statement_timeout = 0; {Table}");
        Run(connection, migration.Sql);
        connection.Execute(
            "INSERT INTO schema_migrations (version, name, checksum, applied_at, readable_by) VALUES (@Version, @Name, @Checksum, @At, @ReadableBy)",
            new { migration.Version, migration.Name, migration.Checksum, At = time.GetUtcNow().ToUnixTimeMilliseconds(), migration.ReadableBy });
        transaction.Commit();
    }

    /// <summary>Runs statements that may take long.</summary>
    private static void Run(NpgsqlConnection connection, string sql)
    {
        using var command = new NpgsqlCommand(sql, connection) { CommandTimeout = 0 };
        command.ExecuteNonQuery();
    }

    [LoggerMessage(EventId = 1105, Level = LogLevel.Information, Message = "Brings the {Database} from schema {From} to {To}")]
    private partial void LogBringing(string database, long from, long to);
}
