using RoomWs.Server.Storage.Batch;

namespace RoomWs.Server.Storage;

/// <summary>The repositories on a read connection. All that is read from <see cref="Begin"/> to <see cref="End"/> is of one commit. For one thread at a time.</summary>
internal sealed class ReadScope(IReadConnection connection, SqlDialect dialect) : Repositories(connection.Connection, dialect), IDisposable
{
    private readonly IReadConnection _connection = connection;

    /// <inheritdoc cref="IReadConnection.Begin"/>
    public void Begin() => _connection.Begin();

    public void End() => _connection.End();

    public void Dispose() => _connection.Dispose();
}
