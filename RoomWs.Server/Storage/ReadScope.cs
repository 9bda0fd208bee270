using RoomWs.Server.Storage.Sqlite;

namespace RoomWs.Server.Storage;

/// <summary>The repositories on a read connection. All that is read from <see cref="Begin"/> to <see cref="End"/> is of one commit. For one thread at a time.</summary>
internal sealed class ReadScope(PreparedConnection connection) : Repositories(connection), IDisposable
{
    private readonly PreparedConnection _connection = connection;
    private readonly SqliteStatement _begin = new(connection, "BEGIN");
    private readonly SqliteStatement _end = new(connection, "COMMIT");

    /// <summary>
    /// Begins a read. SQLite chooses the commit at the first statement that reads, so that is where the moment is. The write-ahead log cannot be emptied
    /// beyond it until the end, so a read must be short.
    /// </summary>
    public void Begin() => _begin.Run();

    public void End()
    {
        // SQLite may have ended it by itself, for example where the file cannot be read.
        if (_connection.InTransaction) _end.Run();
    }

    public void Dispose()
    {
        _begin.Dispose();
        _end.Dispose();
        _connection.Dispose();
    }
}
