using FluentAssertions;
using Microsoft.Data.Sqlite;
using Microsoft.Extensions.Logging;
using RoomWs.Server.Storage.Sqlite;
using RoomWs.Tests.Documentation;
using RoomWs.Tests.Support;

namespace RoomWs.Tests.Storage.Sqlite;

/// <summary>A database of an earlier version. Version 0.1.0 had schema 4; its scripts lie in Upgrade/, byte for byte, with rows for the tables of each.</summary>
internal static class OlderDatabase
{
    private const string Folder = "RoomWs.Tests/Storage/Sqlite/Upgrade/v0.1.0";
    private const long SchemaOfFirstVersion = 4;

    public static IReadOnlyList<Migration> FirstScripts { get; } = [.. Repository.Files(Folder, "*.sql")
        .Where(file => !file.EndsWith("_rows.sql", StringComparison.Ordinal))
        .Select((file, i) => new Migration(i + 1, Path.GetFileName(file), Repository.Read(file))),];

    /// <summary>The schemas that this program brings up.</summary>
    public static IEnumerable<long> Schemas => Migration.All.Select(migration => migration.Version).SkipLast(1);

    /// <summary>Makes a file with this schema, and with as many of the rows of 0.1.0 as it has tables for.</summary>
    public static void Make(string path, long schema = SchemaOfFirstVersion)
    {
        using var file = Make(path, schema, hasRows: true);
    }

    /// <summary>Makes a file of 0.1.0 with nothing in it.</summary>
    public static SqliteConnection MakeEmpty(string path) => Make(path, SchemaOfFirstVersion, hasRows: false);

    /// <summary>Opens the file as a start does, and brings it up.</summary>
    public static PreparedConnection BringUp(string path, ILoggerFactory log, TimeProvider? time = null)
    {
        var file = new SqliteFile(path);
        SchemaCheck.ExpectUsable(file);
        var writer = file.OpenForWriting();
        try
        {
            new Migrator(writer, time ?? new ManualTimeProvider(), log.CreateLogger<Migrator>()).BringUp();
            return writer;
        }
        catch
        {
            writer.Dispose();
            throw;
        }
    }

    /// <summary>Each row's values, in one text.</summary>
    public static List<string> Texts(this SqliteConnection file, string sql) => file.Rows(sql, row =>
    {
        var values = new object[row.FieldCount];
        row.GetValues(values);
        return string.Join('|', values.Select(value => value is byte[] bytes ? Convert.ToHexString(bytes) : FormattableString.Invariant($"{value}")));
    });

    private static SqliteConnection Make(string path, long schema, bool hasRows)
    {
        FirstScripts.Should().HaveCount((int)SchemaOfFirstVersion);
        var file = SqlRows.Open(path);
        file.Run("PRAGMA journal_mode = WAL; PRAGMA foreign_keys = ON");
        file.Run("""
            CREATE TABLE schema_migrations (
                version    INTEGER NOT NULL PRIMARY KEY,
                name       TEXT    NOT NULL,
                checksum   TEXT    NOT NULL,
                applied_at INTEGER NOT NULL)
            """);
        foreach (var migration in FirstScripts.Concat(Migration.All.Skip(FirstScripts.Count)).Where(migration => migration.Version <= schema))
        {
            file.Run(migration.Sql);
            file.Run(FormattableString.Invariant($"INSERT INTO schema_migrations VALUES ({migration.Version}, '{migration.Name}', '{migration.Checksum}', 1700000000000)"));
            if (hasRows && migration.Version <= SchemaOfFirstVersion) file.Run(Repository.Read(FormattableString.Invariant($"{Folder}/{migration.Version:D4}_rows.sql")));
        }

        return file;
    }
}
