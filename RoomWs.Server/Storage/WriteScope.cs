using RoomWs.Server.Storage.Sqlite;

namespace RoomWs.Server.Storage;

/// <summary>What a change may use: the repositories on the writer's connection, and the rooms as the batch has left them so far.</summary>
internal sealed class WriteScope : Repositories, IReads
{
    private readonly PreparedConnection _connection;
    private readonly TimeProvider _time;

    public WriteScope(PreparedConnection connection, IRoomSnapshots rooms, TimeProvider time)
        : base(connection)
    {
        (_connection, _time) = (connection, time);
        Idempotency = new IdempotencyRepository(connection);
        Snapshots = new BatchSnapshots(rooms, Loader);
    }

    /// <summary>Here alone: only a change asks whether it has been made before.</summary>
    public IdempotencyRepository Idempotency { get; }

    public BatchSnapshots Snapshots { get; }

    /// <summary>How many rows were changed since the start. Where it stands still, nothing was.</summary>
    public int ChangedRows => _connection.ChangedRows;

    /// <summary>The time of the running job, Unix milliseconds: one for all that it does.</summary>
    public long Now { get; private set; }

    /// <summary>Called before each job.</summary>
    public void BeginJob() => Now = _time.GetUtcNow().ToUnixTimeMilliseconds();

    T IReads.Read<T>(Func<Repositories, T> read) => read(this);
}
