using RoomWs.Server.Storage.Sqlite;

namespace RoomWs.Server.Storage;

/// <summary>The repositories on a read connection. For one thread at a time.</summary>
internal sealed class ReadScope(PreparedConnection connection) : Repositories(connection), IDisposable
{
    private readonly PreparedConnection _connection = connection;
    private readonly PlainStatement _begin = connection.Prepare("BEGIN");
    private readonly PlainStatement _end = connection.Prepare("COMMIT");

    public bool IsInTransaction => _connection.InTransaction;

    /// <summary>Runs a read, all of whose statements see the same commit: the last one at the first statement.</summary>
    public T Read<T>(Func<Repositories, T> read)
    {
        _begin.Run();
        try
        {
            return read(this);
        }
        finally
        {
            _end.Run();
        }
    }

    public void Dispose() => _connection.Dispose();
}
