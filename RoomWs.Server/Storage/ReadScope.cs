using RoomWs.Server.Storage.Sqlite;

namespace RoomWs.Server.Storage;

/// <summary>What a read may use: the repositories on a connection of its own, which sees the last commit.</summary>
internal sealed class ReadScope(PreparedConnection connection) : Repositories(connection), IDisposable
{
    private readonly PreparedConnection _connection = connection;

    public void Dispose() => _connection.Dispose();
}
