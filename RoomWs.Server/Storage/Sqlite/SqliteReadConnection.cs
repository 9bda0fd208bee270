using System.Data.Common;
using RoomWs.Server.Storage.Batch;

namespace RoomWs.Server.Storage.Sqlite;

/// <summary>
/// Reads a file as it was committed when a read began. The write-ahead log cannot be emptied beyond that until the end, so a read must be short. For one thread at
/// a time.
/// </summary>
internal sealed class SqliteReadConnection(PreparedConnection connection) : IReadConnection
{
    private readonly SqliteStatement _begin = new(connection, "BEGIN");
    private readonly SqliteStatement _end = new(connection, "COMMIT");

    public DbConnection Connection => connection;

    public bool IsOpen => true;

    public void Begin() => _begin.Run();

    public void End()
    {
        // SQLite may have ended it by itself, for example where the file cannot be read.
        if (connection.InTransaction) _end.Run();
    }

    public void Dispose()
    {
        _begin.Dispose();
        _end.Dispose();
        connection.Dispose();
    }
}
