using RoomWs.Server.Storage.Batch;

namespace RoomWs.Server.Storage;

/// <summary>The repositories on a read connection. All that is read from <see cref="Begin"/> to <see cref="End"/> is of one commit. For one thread at a time.</summary>
/// <param name="connection">The connection.</param>
/// <param name="dialect">Its SQL.</param>
/// <param name="losses">How often the database had been found to be away when it was opened.</param>
internal sealed class ReadScope(IReadConnection connection, SqlDialect dialect, long losses) : Repositories(connection.Connection, dialect), IDisposable
{
    private readonly IReadConnection _connection = connection;

    public long Losses => losses;

    /// <inheritdoc cref="IReadConnection.IsOpen"/>
    public bool IsOpen => _connection.IsOpen;

    /// <inheritdoc cref="IReadConnection.Begin"/>
    public void Begin() => _connection.Begin();

    public void End() => _connection.End();

    public void Dispose() => _connection.Dispose();
}
