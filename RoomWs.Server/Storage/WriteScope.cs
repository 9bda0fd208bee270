using RoomWs.Server.Storage.Sqlite;

namespace RoomWs.Server.Storage;

/// <summary>The repositories on the writer's connection, and the rooms as the batch has left them so far. Writer's thread only.</summary>
internal sealed class WriteScope : Repositories, IReads
{
    private readonly PreparedConnection _connection;
    private readonly TimeProvider _time;
    private readonly List<Action> _undo = [];
    private int _undoOfJob;
    private bool _isLogToShrink;

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

    /// <summary>Whether the write-ahead log is to be emptied after the commit. Reading it takes the wish back.</summary>
    public bool TakeLogWish()
    {
        var isWished = _isLogToShrink;
        _isLogToShrink = false;
        return isWished;
    }

    /// <summary>
    /// Has the write-ahead log emptied once the batch is committed, if no reader is in it. Commits do so too, but where none come any more the log would stay
    /// as long as it was when a reader held it.
    /// </summary>
    public void ShrinkLog() => _isLogToShrink = true;

    /// <summary>Called before each job.</summary>
    public void BeginJob()
    {
        Now = _time.GetUtcNow().ToUnixTimeMilliseconds();
        _undoOfJob = _undo.Count;
    }

    /// <summary>Has this done if the running job is undone, alone or with its batch: for what the job has changed outside the database.</summary>
    public void IfUndone(Action undo) => _undo.Add(undo);

    /// <summary>Called when the running job is undone alone.</summary>
    /// <param name="failed">Called with what goes wrong; the rest is undone all the same.</param>
    public void UndoJob(Action<Exception> failed) => UndoFrom(_undoOfJob, failed);

    /// <summary>Called when all jobs of the batch are undone.</summary>
    /// <param name="failed">As for one job.</param>
    public void UndoBatch(Action<Exception> failed) => UndoFrom(0, failed);

    /// <summary>Called when the batch is committed.</summary>
    public void Committed() => _undo.Clear();

    T IReads.Read<T>(Func<Repositories, T> read) => read(this);

    private void UndoFrom(int first, Action<Exception> failed)
    {
        for (var i = _undo.Count - 1; i >= first; i--)
        {
            try
            {
                _undo[i]();
            }
            catch (Exception cause)
            {
                failed(cause);
            }
        }

        _undo.RemoveRange(first, _undo.Count - first);
    }
}
