using RoomWs.Server.Storage.Batch;

namespace RoomWs.Server.Storage;

/// <summary>
/// What a job of the writer works with: the rows as its batch has left them so far, in memory. What a job changes is written with the whole batch.
/// Writer's thread only.
/// </summary>
internal sealed class WriteScope : IReads
{
    private readonly IStore _store;
    private readonly Repositories _stored;
    private readonly TimeProvider _time;
    private readonly UndoLog _undo = new();
    private readonly Prefetch _prefetch;
    private bool _isLogToShrink;

    /// <summary>Connects the tables, which look at each other.</summary>
    /// <param name="store">Where batches are stored.</param>
    /// <param name="stored">Reads and sweeps what is stored, on the connection of the store.</param>
    /// <param name="rooms">The rooms in memory.</param>
    /// <param name="missed">Counts what was not named before.</param>
    /// <param name="time">The clock.</param>
    public WriteScope(IStore store, Repositories stored, IRoomSnapshots rooms, Action missed, TimeProvider time)
    {
        (_store, _stored, _time) = (store, stored, time);
        Rows = new BatchRows(_undo);
        _prefetch = new Prefetch(Rows, store, missed);
        Snapshots = new BatchSnapshots(Rows, _undo, rooms, store);
        Rows.InMemory = Snapshots.InMemory;
        Rows.MayKnowRoles = roomId => rooms.Peek(roomId) is { KnowsRoles: true };
        Members = new BatchMembers(Rows, _prefetch, Snapshots, roomId => Rooms!.Known(roomId));
        Rooms = new BatchRooms(Rows, _prefetch, Members, Snapshots);
        Users = new BatchUsers(Rows, _prefetch);
        JoinRequests = new BatchRequests(Rows, _prefetch, store, Rooms.Known);
        Invites = new BatchInvites(Rows, _prefetch, store, Members, Snapshots, Rooms.Known);
        Messages = new BatchMessages(Rows, _prefetch, Rooms.Known);
        Boards = new BatchBoards(Rows, _prefetch, Rooms.Known);
        Idempotency = new BatchReplies(Rows, _prefetch);
        Allowances = new BatchAllowances(Rows, _prefetch);
        Audit = new BatchAudit(Rows);
        Feed = new BatchFeed(Rows, _undo);
    }

    public BatchRooms Rooms { get; }

    public BatchMembers Members { get; }

    public BatchUsers Users { get; }

    public BatchRequests JoinRequests { get; }

    public BatchInvites Invites { get; }

    public BatchMessages Messages { get; }

    public BatchBoards Boards { get; }

    public BatchReplies Idempotency { get; }

    public BatchAllowances Allowances { get; }

    public BatchAudit Audit { get; }

    public BatchFeed Feed { get; }

    public BatchSnapshots Snapshots { get; }

    public BatchRows Rows { get; }

    /// <summary>How often a row was changed. If a job did not raise it, the job has changed nothing, whatever its user has paid for the attempt.</summary>
    public long Changes => _undo.Changes - Allowances.Changes;

    /// <summary>The time of the running job: the database's where several nodes share it, whatever the clock of this one says. It does not change during the job.</summary>
    public DateTimeOffset At { get; private set; }

    /// <summary>The same in Unix milliseconds.</summary>
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

    /// <summary>Has the batch stored even where it changes nothing.</summary>
    public void Touch() => Rows.Touch();

    /// <summary>Begins a batch, with what its jobs name.</summary>
    public void Begin(Action<Needs> name, bool isToWrite) => _prefetch.Begin(name, isToWrite);

    /// <summary>Called before each job.</summary>
    public void BeginJob()
    {
        At = Rows.LockedAt ?? _time.GetUtcNow();
        Now = At.ToUnixTimeMilliseconds();
        _undo.BeginJob();
    }

    /// <summary>Has this done if the running job is undone, alone or with its batch: for what the job has changed outside the database.</summary>
    public void IfUndone(Action undo) => _undo.AddBeside(undo);

    /// <summary>Called when the running job is undone alone.</summary>
    /// <param name="failed">Called with what goes wrong; the rest is undone all the same.</param>
    public void UndoJob(Action<Exception> failed) => _undo.UndoJob(failed);

    /// <summary>Called when all jobs of the batch are undone.</summary>
    /// <param name="failed">As for one job.</param>
    public void UndoBatch(Action<Exception> failed)
    {
        _undo.UndoBatch(failed);
        Rows.Clear();
    }

    /// <summary>Called when the batch is committed.</summary>
    public void Committed()
    {
        _undo.Clear();
        Rows.Clear();
    }

    /// <summary>
    /// Reads what is stored, with what the batch has changed so far, which is written for that. For jobs that only look, in their turn among the changes.
    /// </summary>
    public T Read<T>(Func<Repositories, T> read)
    {
        _store.Write(Rows);
        return read(_stored);
    }

    /// <summary>Deletes old rows at once, past what the batch knows of them: nobody is told of these.</summary>
    public int Sweep(Func<SweepRepository, int> sweep) => Read(stored => sweep(stored.Sweeps));
}
