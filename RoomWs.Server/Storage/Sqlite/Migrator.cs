using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Dapper;
using RoomWs.Server.Configuration;

namespace RoomWs.Server.Storage.Sqlite;

/// <summary>
/// Brings the schema of a database up to date by the numbered scripts in Migrations/, in order. Each script runs in a transaction of its own and
/// is recorded with its checksum. A released script must never be edited; the checksum finds an edited one.
/// </summary>
internal static class Migrator
{
    private sealed record Migration(long Version, string Name, string Sql)
    {
        public string Checksum { get; } = Convert.ToHexString(SHA256.HashData(Encoding.UTF8.GetBytes(Sql.ReplaceLineEndings("\n"))));
    }

    private sealed record Applied(long Version, string Name, string Checksum);

    /// <summary>Applies the migrations that the database does not have yet.</summary>
    /// <exception cref="StartupException">The database is from a newer program, or one of its migrations is not the one that this program has.</exception>
    public static void Migrate(PreparedConnection connection, string path, TimeProvider time)
    {
        connection.Run("""
            CREATE TABLE IF NOT EXISTS schema_migrations (
                version    INTEGER NOT NULL PRIMARY KEY,
                name       TEXT    NOT NULL,
                checksum   TEXT    NOT NULL,
                applied_at INTEGER NOT NULL)
            """);
        var applied = connection.Query<Applied>("SELECT version, name, checksum FROM schema_migrations").ToDictionary(row => row.Version);
        var known = ReadScripts();

        var newer = applied.Keys.Where(version => version > known[^1].Version).ToList();
        if (newer.Count > 0)
        {
            throw new StartupException(string.Create(
                CultureInfo.InvariantCulture,
                $"The database {path} has schema {newer.Max()}, and this program knows {known[^1].Version} at most. Run the newer program, or give another file with --database."));
        }

        foreach (var migration in known)
        {
            if (!applied.TryGetValue(migration.Version, out var row)) Apply(connection, migration, time);
            else if (row.Checksum != migration.Checksum)
            {
                throw new StartupException(
                    $"Migration {migration.Name} of the database {path} is not the one that this program has. Run the program that made it, or give another file with --database.");
            }
        }
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
            connection.Run("ROLLBACK");
            throw;
        }
    }

    private static List<Migration> ReadScripts()
    {
        var assembly = typeof(Migrator).Assembly;
        return [.. assembly.GetManifestResourceNames()
            .Where(name => name.EndsWith(".sql", StringComparison.Ordinal))
            .Order(StringComparer.Ordinal)
            .Select(name =>
            {
                using var reader = new StreamReader(assembly.GetManifestResourceStream(name)!);
                var version = long.Parse(name.AsSpan(0, name.IndexOf('_', StringComparison.Ordinal)), CultureInfo.InvariantCulture);
                return new Migration(version, name, reader.ReadToEnd());
            }),];
    }
}
