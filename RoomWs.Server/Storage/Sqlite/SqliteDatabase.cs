using System.Data.Common;
using Microsoft.Extensions.Logging;
using RoomWs.Server.Configuration;
using RoomWs.Server.Storage.Batch;

namespace RoomWs.Server.Storage.Sqlite;

/// <summary>A SQLite file of which this process is the only server.</summary>
internal sealed class SqliteDatabase : IDatabase
{
    private readonly SqliteFile _file;
    private readonly DatabaseLock _lock;

    private SqliteDatabase(SqliteFile file, DatabaseLock databaseLock, PreparedConnection writer, TimeProvider time)
    {
        (_file, _lock, Writer) = (file, databaseLock, writer);
        Faults = new SqliteFaults(file.Path);
        Store = new SqliteStore(writer, time);
    }

    public SqlDialect Dialect => SqliteDialect.Instance;

    public IStorageFaults Faults { get; }

    public IStore Store { get; }

    public DbConnection Writer { get; }

    public IFeed? Feed => null;

    // It is the only one that has the file.
    public Task NameLost { get; } = new TaskCompletionSource().Task;

    public ILiveBus? LiveBus => null;

    public IPresenceStore? Presence => null;

    /// <summary>Opens the file, makes it where there is none, and brings an older one up to date.</summary>
    /// <exception cref="StartupException">It cannot be used; the message says why and what to do.</exception>
    public static SqliteDatabase Open(string path, TimeProvider time, ILoggerFactory loggers)
    {
        var file = new SqliteFile(path);
        var databaseLock = DatabaseLock.Take(file.Path);
        try
        {
            SchemaCheck.ExpectUsable(file);
        }
        catch
        {
            // Nothing is left beside a file that is not ours.
            databaseLock.Withdraw();
            throw;
        }

        PreparedConnection? writer = null;
        try
        {
            writer = file.OpenForWriting();
            new Migrator(writer, time, loggers.CreateLogger<Migrator>()).BringUp();
            FreedPages.TellIfKept(writer, loggers.CreateLogger(typeof(FreedPages)));
            return new SqliteDatabase(file, databaseLock, writer, time);
        }
        catch
        {
            writer?.Dispose();
            databaseLock.Dispose();
            throw;
        }
    }

    public bool IsHousekeeper() => true;

    public IReadConnection OpenForReading() => new SqliteReadConnection(_file.OpenForReading());

    // Last: only now may another server open the file.
    public void Dispose() => _lock.Dispose();
}
