using Dapper;

namespace RoomWs.Server.Storage.Sqlite;

/// <summary>
/// Brings the schema of a database up to date by the numbered scripts in Migrations/, in order. Each script runs in a transaction of its own and
/// is recorded with its checksum.
/// </summary>
internal static class Migrator
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
    public static void Migrate(PreparedConnection connection, TimeProvider time)
    {
        connection.Run($"CREATE TABLE IF NOT EXISTS {Table}");
        var applied = connection.Query<long>("SELECT version FROM schema_migrations").ToHashSet();
        foreach (var migration in Migration.All.Where(migration => !applied.Contains(migration.Version))) Apply(connection, migration, time);
    }

    private static void Apply(PreparedConnection connection, Migration migration, TimeProvider time)
    {
        connection.Run("BEGIN IMMEDIATE");
        try
        {
            connection.Run(migration.Sql);
            connection.Execute(
                "INSERT INTO schema_migrations (version, name, checksum, applied_at) VALUES (@Version, @Name, @Checksum, @At)",
                new { migration.Version, migration.Name, migration.Checksum, At = time.GetUtcNow().ToUnixTimeMilliseconds() });
            connection.Run("COMMIT");
        }
        catch
        {
            // SQLite has done it by itself where it could not go on, as on a full disk; the cause must not be hidden by a second failure.
            if (connection.InTransaction) connection.Run("ROLLBACK");
            throw;
        }
    }
}
