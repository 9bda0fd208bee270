using RoomWs.Server.Fanout;
using RoomWs.Server.Storage.Sqlite;

namespace RoomWs.Server.Storage;

/// <summary>What a change may use: the repositories on the writer's connection, and the rooms as the batch has left them so far.</summary>
internal sealed class WriteScope : Repositories
{
    private readonly PreparedConnection _connection;
    private readonly TimeProvider _time;

    public WriteScope(PreparedConnection connection, RoomDirectory directory, TimeProvider time)
        : base(connection)
    {
        (_connection, _time) = (connection, time);
        Idempotency = new IdempotencyRepository(connection);
        Snapshots = new BatchSnapshots(directory, Loader);
    }

    /// <summary>Here alone: only a change asks whether it has been made before.</summary>
    public IdempotencyRepository Idempotency { get; }

    public BatchSnapshots Snapshots { get; }

    /// <summary>How many rows were changed since the start. Where it stands still, nothing was.</summary>
    public int ChangedRows => _connection.ChangedRows;

    /// <summary>The time of the change, Unix milliseconds.</summary>
    public long Now => _time.GetUtcNow().ToUnixTimeMilliseconds();
}
