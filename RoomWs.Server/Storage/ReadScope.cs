using RoomWs.Server.Storage.Sqlite;

namespace RoomWs.Server.Storage;

/// <summary>The repositories on a read connection, which sees the last commit. For one thread at a time.</summary>
internal sealed class ReadScope(PreparedConnection connection) : Repositories(connection), IDisposable
{
    private readonly PreparedConnection _connection = connection;

    public void Dispose() => _connection.Dispose();
}
