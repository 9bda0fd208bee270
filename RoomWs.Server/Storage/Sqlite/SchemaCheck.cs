using System.Globalization;
using System.Text;
using Dapper;
using Microsoft.Data.Sqlite;
using RoomWs.Server.Configuration;
using SQLitePCL;

namespace RoomWs.Server.Storage.Sqlite;

/// <summary>Whose tables a database has.</summary>
internal enum DatabaseOwner
{
    /// <summary>It has none yet.</summary>
    Nobody,

    RoomWs,

    AnotherProgram,
}

/// <summary>Tells whether a database is one that this program can use: of RoomWs, and of no other schema than it knows.</summary>
internal static class SchemaCheck
{
    /// <summary>The bytes of a log that are looked at. All migrations together take a quarter of it.</summary>
    private const int LogBeginning = 1_048_576;

    /// <summary>Refuses a file that the server must not use, before anything of it is changed: its content, its mode, its journal. Only with the file's lock held.</summary>
    /// <exception cref="StartupException">It is a database of another program, of a newer one, or with a migration that is not this program's.</exception>
    public static void ExpectUsable(SqliteFile file)
    {
        // What is not there yet, or has nothing in it, becomes a database of RoomWs.
        if (new FileInfo(file.Path) is not { Exists: true, Length: > 0 }) return;

        var owner = OwnerOf(file.Path);
        if (owner == DatabaseOwner.Nobody) return;
        if (owner == DatabaseOwner.AnotherProgram)
            throw new StartupException($"{file.Path} is no database of RoomWs, and is left as it is. Give another file with --database.");

        using var connection = file.OpenUntouched();
        if (Fault(connection, $"database {file.Path}", "give another file with --database") is { } fault) throw new StartupException(fault);
        if (StoredCounts.Missing(connection) is { } missing) throw new StartupException(SqliteFault.Damaged(file.Path, missing));
    }

    /// <summary>
    /// Looks whose a database is, and changes nothing of it, also where it is of another program: no journal is rolled back, no log moved into it, and no file
    /// made beside it. A server may be using it.
    /// </summary>
    public static DatabaseOwner OwnerOf(string path)
    {
        // Its log is beside the file itself, whatever link the path goes through.
        var file = File.ResolveLinkTarget(path, returnFinalTarget: true)?.FullName ?? path;
        var owner = OwnerInFile(file);
        if (owner != DatabaseOwner.Nobody || new FileInfo(file + "-wal") is not { Exists: true, Length: > 0 }) return owner;

        owner = OwnerInLog(file);
        // A server that runs may have moved its log into the file meanwhile, and begun another.
        return owner != DatabaseOwner.RoomWs && OwnerInFile(file) == DatabaseOwner.RoomWs ? DatabaseOwner.RoomWs : owner;
    }

    private static DatabaseOwner OwnerInFile(string path)
    {
        try
        {
            using var connection = SqliteFile.OpenWithoutLog(path);
            return OwnerOf(connection);
        }
        catch (SqliteException torn) when (torn.SqliteErrorCode == raw.SQLITE_CORRUPT && File.Exists(path + DatabaseLock.Suffix))
        {
            // Read without locks while a server, which has left that file beside it, moved its log into it. Whoever opens it with locks sees whether it is damaged.
            return DatabaseOwner.RoomWs;
        }
    }

    /// <summary>
    /// Looks at a database whose tables are all in its log. By its bytes, because SQLite makes an index beside a log that it opens. Our first commit, whose
    /// page with the schema has the statement of our table in it, is at its beginning.
    /// </summary>
    private static DatabaseOwner OwnerInLog(string path)
    {
        using var log = new FileStream(path + "-wal", FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
        var beginning = new byte[Math.Min(log.Length, LogBeginning)];
        var length = log.ReadAtLeast(beginning, beginning.Length, throwOnEndOfStream: false);
        return beginning.AsSpan(0, length).IndexOf(Encoding.UTF8.GetBytes($"CREATE TABLE {Migrator.Table}")) >= 0 ? DatabaseOwner.RoomWs : DatabaseOwner.AnotherProgram;
    }

    private static DatabaseOwner OwnerOf(SqliteConnection connection)
    {
        if (connection.ExecuteScalar<long>("SELECT COUNT(*) FROM sqlite_master") == 0) return DatabaseOwner.Nobody;

        // Other programs have a table of that name, too, with other columns.
        var ours = connection.ExecuteScalar<long>("SELECT COUNT(*) FROM pragma_table_info('schema_migrations') WHERE name IN ('version', 'name', 'checksum', 'applied_at')");
        return ours == 4 ? DatabaseOwner.RoomWs : DatabaseOwner.AnotherProgram;
    }

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
