using Dapper;
using Microsoft.Data.Sqlite;
using Microsoft.Extensions.Logging;
using RoomWs.Server.Configuration;

namespace RoomWs.Server.Storage.Sqlite;

/// <summary>
/// Brings the schema of a database up to date by the numbered scripts in Migrations/, in order, and records each with its checksum. All that a database lacks
/// run in one transaction: an older file ends at this program's schema or stays as it was, and then the program that made it still runs on it.
/// </summary>
internal sealed partial class Migrator(PreparedConnection connection, TimeProvider time, ILogger<Migrator> log)
{
    /// <summary>Our table of migrations, to the letter as SQLite keeps it in the schema. It is the first thing that is committed to a database.</summary>
    public const string Table =
        """
        schema_migrations (
            version    INTEGER NOT NULL PRIMARY KEY,
            name       TEXT    NOT NULL,
            checksum   TEXT    NOT NULL,
            applied_at INTEGER NOT NULL)
        """;

    /// <summary>Applies the migrations that the database does not have yet. Whether it is one to apply them to, <see cref="SchemaCheck"/> has told before.</summary>
    /// <exception cref="StartupException">An older database could not be brought up, and is as it was.</exception>
    public void BringUp()
    {
        connection.Run($"CREATE TABLE IF NOT EXISTS {Table}");
        var applied = connection.Query<long>("SELECT version FROM schema_migrations").ToHashSet();
        Migration[] missing = [.. Migration.All.Where(migration => !applied.Contains(migration.Version))];
        if (missing.Length == 0) return;

        if (applied.Count == 0) Apply(missing, progress: null);
        else Upgrade(applied.Max(), missing);
    }

    private void Upgrade(long from, Migration[] missing)
    {
        var to = missing[^1].Version;
        var bytes = connection.ExecuteScalar<long>("SELECT page_count * page_size FROM pragma_page_count, pragma_page_size");
        LogUpgrading(connection.DataSource, from, to, bytes);
        var progress = new UpgradeProgress(time, log);
        try
        {
            connection.WhileRunning(progress.Tell);
            Apply(missing, progress);
        }
        catch (SqliteException cause)
        {
            throw new StartupException(SqliteFault.AtUpgrade(cause, connection.DataSource, from, to), cause);
        }
        finally
        {
            connection.WhileRunning(null);
        }

        // The log has grown by the whole database, and the old rows are still in it.
        connection.RunOnce("PRAGMA wal_checkpoint(TRUNCATE)");
        LogUpgraded(connection.DataSource, to, progress.Seconds);
    }

    private void Apply(Migration[] missing, UpgradeProgress? progress)
    {
        connection.Run("BEGIN IMMEDIATE");
        try
        {
            foreach (var migration in missing) Apply(migration, progress);
            connection.Run("COMMIT");
        }
        catch
        {
            // SQLite has done it by itself where it could not go on, as on a full disk; the cause must not be hidden by a second failure.
            if (connection.InTransaction) connection.Run("ROLLBACK");
            throw;
        }
    }

    private void Apply(Migration migration, UpgradeProgress? progress)
    {
        var statements = migration.Statements();
        for (var i = 0; i < statements.Count; i++)
        {
            progress?.Enter(migration, i + 1, statements.Count);
            connection.RunOnce(statements[i]);
        }

        connection.Execute(
            "INSERT INTO schema_migrations (version, name, checksum, applied_at) VALUES (@Version, @Name, @Checksum, @At)",
            new { migration.Version, migration.Name, migration.Checksum, At = time.GetUtcNow().ToUnixTimeMilliseconds() });
    }

    [LoggerMessage(EventId = 1101, Level = LogLevel.Information, Message = "Brings the database {Database} from schema {From} to {To}; it has {Bytes} bytes")]
    private partial void LogUpgrading(string database, long from, long to, long bytes);

    [LoggerMessage(EventId = 1103, Level = LogLevel.Information, Message = "The database {Database} is at schema {To}, after {Seconds} s")]
    private partial void LogUpgraded(string database, long to, long seconds);
}
