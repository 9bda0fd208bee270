using System.Globalization;
using Dapper;
using Microsoft.Data.Sqlite;
using RoomWs.Server.Configuration;

namespace RoomWs.Server.Storage.Sqlite;

/// <summary>Tells whether a database is one that this program can use: of RoomWs, and of no other schema than it knows.</summary>
internal static class SchemaCheck
{
    /// <summary>Refuses a file that the server must not use, before anything of it is changed: its content, its mode, its journal. Only with the file's lock held.</summary>
    /// <exception cref="StartupException">It is a database of another program, of a newer one, or with a migration that is not this program's.</exception>
    public static void ExpectUsable(SqliteFile file)
    {
        // What is not there yet, or has nothing in it, becomes a database of RoomWs.
        if (new FileInfo(file.Path) is not { Exists: true, Length: > 0 }) return;

        using var connection = file.OpenUntouched();
        if (connection.ExecuteScalar<long>("SELECT COUNT(*) FROM sqlite_master") == 0) return;
        if (!IsOfRoomWs(connection))
            throw new StartupException($"{file.Path} is no database of RoomWs, and is left as it is. Give another file with --database.");
        if (Fault(connection, $"database {file.Path}", "give another file with --database") is { } fault) throw new StartupException(fault);
    }

    /// <summary>Whether it has our table of migrations. Other programs have a table of that name, too, with other columns.</summary>
    public static bool IsOfRoomWs(SqliteConnection connection) => connection.ExecuteScalar<long>(
        "SELECT COUNT(*) FROM pragma_table_info('schema_migrations') WHERE name IN ('version', 'name', 'checksum', 'applied_at')") == 4;

    /// <summary>Why this program cannot use a database of RoomWs; null if it can.</summary>
    /// <param name="connection">The database.</param>
    /// <param name="what">What the operator knows it as: <c>database</c> or <c>backup</c>, and its path.</param>
    /// <param name="otherwise">What to do where the right program is not at hand.</param>
    public static string? Fault(SqliteConnection connection, string what, string otherwise)
    {
        var applied = connection.Query<(long Version, string Checksum)>("SELECT version, checksum FROM schema_migrations").ToDictionary(row => row.Version, row => row.Checksum);
        var known = Migration.All;
        var newest = applied.Keys.DefaultIfEmpty().Max();
        if (newest > known[^1].Version)
        {
            return string.Create(
                CultureInfo.InvariantCulture,
                $"The {what} has schema {newest}, and this program knows {known[^1].Version} at most. Run the newer program, or {otherwise}.");
        }

        var other = known.FirstOrDefault(migration => applied.TryGetValue(migration.Version, out var checksum) && checksum != migration.Checksum);
        return other is null ? null : $"Migration {other.Name} of the {what} is not the one that this program has. Run the program that made it, or {otherwise}.";
    }
}
