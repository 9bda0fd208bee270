using RoomWs.Server.Storage.Sqlite;

namespace RoomWs.Server.Storage;

/// <summary>The repositories on the writer's connection, and the rooms as the batch has left them so far. Writer's thread only.</summary>
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

    /// <summary>Here and not in <see cref="Repositories"/>, because only changes use it.</summary>
    public IdempotencyRepository Idempotency { get; }

    public BatchSnapshots Snapshots { get; }

    /// <summary>The number of rows that were changed on this connection. If a job did not raise it, the job has written nothing.</summary>
    public int ChangedRows => _connection.ChangedRows;

    /// <summary>The time of the running job in Unix milliseconds. It does not change during the job.</summary>
    public long Now { get; private set; }

    /// <summary>Called before each job.</summary>
    public void BeginJob() => Now = _time.GetUtcNow().ToUnixTimeMilliseconds();

    T IReads.Read<T>(Func<Repositories, T> read) => read(this);
}
