using System.Data.Common;
using Dapper;
using Microsoft.Data.Sqlite;
using Microsoft.Extensions.Logging.Abstractions;
using RoomWs.Server.Configuration;
using RoomWs.Server.Storage.Batch;

namespace RoomWs.Server.Storage.Sqlite;

/// <summary>
/// A database that no server uses, held against one that starts, to read all that is in it. Nothing of the file is changed: an older one is copied beside it, and
/// the copy is brought up to date.
/// </summary>
internal sealed class StoppedDatabase : IDisposable
{
    private const string CopySuffix = ".moving";

    private readonly DatabaseLock _lock;
    private readonly string? _copy;
    private readonly SqliteConnection _connection;

    private StoppedDatabase(DatabaseLock held, SqliteConnection connection, string? copy) => (_lock, _connection, _copy) = (held, connection, copy);

    /// <summary>Opens it.</summary>
    /// <exception cref="StartupException">A server uses it, or it cannot be used.</exception>
    /// <exception cref="DatabaseToolException">There is no such database.</exception>
    public static StoppedDatabase Open(string database, TimeProvider time)
    {
        ToolPath.ExpectFile(database, "database", "; name it with --database");
        var file = new SqliteFile(database);
        var held = DatabaseLock.Take(file.Path);
        try
        {
            SchemaCheck.ExpectUsable(file);
            // An empty file is none yet.
            DatabaseCheck.ExpectRoomWs(database);
            var untouched = file.OpenUntouched();
            if (untouched.ExecuteScalar<long>("SELECT MAX(version) FROM schema_migrations") == Migration.All[^1].Version) return new StoppedDatabase(held, untouched, copy: null);

            untouched.Dispose();
            var copy = file.Path + CopySuffix;
            return new StoppedDatabase(held, BroughtUp(database, copy, time), copy);
        }
        catch
        {
            held.Withdraw();
            throw;
        }
    }

    /// <summary>What it holds.</summary>
    public DatabaseToMove Rows()
    {
        const string Tables = "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%' AND name NOT IN ('schema_migrations', 'head', 'feed') ORDER BY name";
        var head = _connection.QuerySingle<(long Position, long NextNumber, long RoomCount)>("SELECT position, next_number, room_count FROM head");
        return new DatabaseToMove(
            _connection.Query<string>(Tables).AsList(),
            table => _connection.ExecuteScalar<long>($"SELECT COUNT(*) FROM {table}"),
            Read,
            new StoredHead(head.Position, head.NextNumber, head.RoomCount),
            _connection.ExecuteScalar<long>("SELECT COALESCE(MAX(seq), 0) FROM sqlite_sequence WHERE name = 'audit'"));
    }

    public void Dispose()
    {
        _connection.Dispose();
        if (_copy is not null) Delete(_copy);
        _lock.Withdraw();
    }

    private DbDataReader Read(string table, IReadOnlyList<string> columns) => (DbDataReader)_connection.ExecuteReader($"SELECT {string.Join(", ", columns)} FROM {table}");

    private static SqliteConnection BroughtUp(string database, string copy, TimeProvider time)
    {
        // One of a move that was killed.
        Delete(copy);
        DatabaseBackup.Copy(database, copy);
        try
        {
            var file = new SqliteFile(copy);
            using (var writer = file.OpenForWriting()) new Migrator(writer, time, NullLogger<Migrator>.Instance).BringUp();
            return file.OpenUntouched();
        }
        catch
        {
            Delete(copy);
            throw;
        }
    }

    private static void Delete(string copy)
    {
        foreach (var suffix in new[] { "", "-wal", "-shm" }) File.Delete(copy + suffix);
    }
}
