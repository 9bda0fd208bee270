using Microsoft.Extensions.Logging;
using RoomWs.Server.Metrics;
using RoomWs.Server.Storage.Batch;

namespace RoomWs.Server.Storage;

/// <summary>
/// The writer. Its own thread takes the waiting jobs as one batch, runs them in memory, writes and commits what they have changed once, and only then
/// completes them in order. So all jobs that came during the last commit share one fsync. Jobs of a user run in the order in which they were enqueued;
/// where more wait than one batch takes, the users take turns. Enqueue and RunAsync may be called from any thread.
/// </summary>
internal sealed partial class WriteQueue : IDisposable
{
    /// <summary>Limits how long the first job of a batch waits for the last, how long whoever comes behind waits for both, and how far the write-ahead log grows.</summary>
    public const int UsualBatch = 512;

    /// <summary>Maximum time a change waits for its batch to fill: less than a broadcast to many sockets takes.</summary>
    private static readonly TimeSpan MaxWait = TimeSpan.FromMilliseconds(1);

    private readonly IStore _store;
    private readonly IStorageFaults _faults;
    private readonly WriteScope _scope;
    private readonly WriteTransaction _transaction;
    private readonly StorageOutage _outage;
    private readonly ICommitSink _sink;
    private readonly BatchCompletion _completion;
    private readonly ILogger<WriteQueue> _logger;
    private readonly Thread _thread;
    private readonly Lock _gate = new();
    // Not a SemaphoreSlim: it spins before it blocks, and takes processor time from the clients' work.
    private readonly AutoResetEvent _arrived = new(false);
    private readonly FairQueue _waiting = new();
    private int _wakeAt = 1;
    private bool _completed;

    /// <summary>Starts the writer.</summary>
    /// <param name="database">Where batches are stored. The queue disposes its store.</param>
    /// <param name="scope">What the jobs work with.</param>
    /// <param name="outage">Notes when nothing can be stored, and when that is over.</param>
    /// <param name="retry">Decides whether a batch that was not stored is tried again.</param>
    /// <param name="others">Tells what other nodes commit.</param>
    /// <param name="sink">Is told of each batch when its jobs are completed.</param>
    /// <param name="metrics">Counts and times the commits.</param>
    /// <param name="logger">Logs failures.</param>
    public WriteQueue(IDatabase database, WriteScope scope, StorageOutage outage, BatchRetry retry, IOtherNodes others, ICommitSink sink, ServerMetrics metrics, ILogger<WriteQueue> logger)
    {
        (_store, _faults, _scope, _outage, _sink, _logger) = (database.Store, database.Faults, scope, outage, sink, logger);
        _transaction = new WriteTransaction(_store, _faults, scope, outage, retry, metrics, logger);
        (Others, _completion) = (others, new BatchCompletion(others, _faults, logger));
        Gap = new BatchGap(() => _arrived.Set());
        _thread = new Thread(RunBatches) { Name = "RoomWs writer", IsBackground = true };
        _thread.Start();
    }

    /// <summary>Maximum number of jobs in a batch, and the cost at which it is full. Set before the first job.</summary>
    public int LargestBatch { get; init; } = UsualBatch;

    public BatchGap Gap { get; }

    public IOtherNodes Others { get; }

    public void Enqueue(WriteJob job)
    {
        lock (_gate)
        {
            ObjectDisposedException.ThrowIf(_completed, this);
            _waiting.Enqueue(job);
            // One signal for a whole batch: the writer takes all waiting jobs, not one job for each signal.
            if (_waiting.Count != _wakeAt) return;
        }

        _arrived.Set();
    }

    /// <summary>Runs work of the server's own in its turn. The task returns whether it was committed.</summary>
    /// <param name="work">The work. It is run a second time, alone, if a fault of the storage undid its batch.</param>
    /// <param name="committed">Called after the commit, still in its turn among the changes, on the writer's thread.</param>
    /// <param name="userId">The user who waits for it, and whose turn it takes. Null if that is no user.</param>
    /// <param name="need">Names what the work looks at. Null for nothing.</param>
    public Task<bool> RunAsync(Action<WriteScope> work, Action? committed = null, string? userId = null, Action<Needs>? need = null)
    {
        var job = new InternalJob(work, committed, userId, need);
        Enqueue(job);
        return job.Done;
    }

    /// <summary>Ends when all that is committed by now, here and on other nodes, is told.</summary>
    public Task CatchUpAsync() => Gap.RunAsync(Others.CatchUp);

    /// <summary>Finishes all enqueued jobs, then ends the writer.</summary>
    public void Dispose()
    {
        lock (_gate)
        {
            if (_completed) return;
            _completed = true;
        }

        Gap.Close();
        _arrived.Set();
        // The event is not disposed: an Enqueue that came just before may still set it.
        _thread.Join();
        _store.Dispose();
    }

    private void RunBatches()
    {
        var batch = new List<WriteJob>();
        while (WaitForWork())
        {
            Gap.Run();
            if (CountWaiting() == 0) continue;
            Guard(AwaitMore);
            TakeBatch(batch);
            _completion.Begin(batch);
            Guard(() => RunBatch(batch));
            batch.Clear();
        }
    }

    /// <summary>An exception on this thread would end the process. Those that the steps of a batch expect never come here.</summary>
    private void Guard(Action step)
    {
        try
        {
            step();
        }
        catch (Exception cause)
        {
            _completion.Try(() => LogFailed(cause));
            _completion.FailRest(cause);
            _scope.Snapshots.Clear();
            // What was queued before the fault is still to be sent.
            EndBatch(1);
        }
    }

    /// <summary>Waits until there is something to do. False at the end, when the queue is closed and all is done.</summary>
    private bool WaitForWork()
    {
        while (true)
        {
            lock (_gate)
            {
                if (_waiting.Count > 0 || Gap.IsAwaited) return true;
                if (_completed) return false;
            }

            _arrived.WaitOne();
        }
    }

    private void AwaitMore()
    {
        var expected = Math.Min(_sink.ExpectedJobs(), LargestBatch);
        if (!IsShortOf(expected, wakeAt: expected)) return;

        // A signal may be left over from an earlier job, so check after each signal whether the jobs are there.
        while (_arrived.WaitOne(MaxWait) && IsShortOf(expected, wakeAt: expected))
        {
        }

        _sink.Waited(allCame: !IsShortOf(expected, wakeAt: 1));
    }

    private bool IsShortOf(int expected, int wakeAt)
    {
        lock (_gate)
        {
            var isShort = _waiting.Count < expected && !_completed;
            _wakeAt = isShort ? wakeAt : 1;
            return isShort;
        }
    }

    private void TakeBatch(List<WriteJob> batch)
    {
        lock (_gate) _waiting.Take(batch, LargestBatch);
    }

    private void RunBatch(List<WriteJob> batch)
    {
        JobEnd[] ends;
        var rowsBefore = _store.WrittenRows;
        try
        {
            ends = _transaction.Run(batch);
        }
        catch (Exception cause)
        {
            Refuse(batch, cause);
            return;
        }

        // Nothing between the commit and this may throw: the jobs would be told that they failed.
        foreach (var end in ends) _completion.Tell(end);
        _completion.LogUndone();

        // A batch that changes no row succeeds even on a full disk, so it does not end an outage.
        if (_outage.IsOn && _store.WrittenRows != rowsBefore && !ends.Any(end => end.Failure is StorageException)) _outage.End();
        _scope.Snapshots.Clear();
        EndBatch(batch.Count);
    }

    private void EndBatch(int jobs)
    {
        _completion.EndPlace();
        _completion.Try(() => _sink.EndBatch(jobs, CountWaiting));
    }

    private int CountWaiting()
    {
        lock (_gate) return _waiting.Count;
    }

    /// <summary>Fails the changes of a batch that the storage has failed for, and runs each internal job again, alone.</summary>
    private void Refuse(List<WriteJob> batch, Exception cause)
    {
        var isAway = _faults.IsOfLock(cause) || _faults.IsWorthRetry(cause);
        cause = _outage.Refuse(cause, batch.Count(job => job is not InternalJob));
        _scope.Snapshots.Clear();
        // The batch has waited for the lock of another program, or for the database, already. Each job would wait once more, one after the other.
        if (isAway) _store.TakeOnlyReads(true);
        try
        {
            foreach (var job in batch)
            {
                // Many internal jobs only read, such as an answer that takes its turn. They still work when the disk is full.
                if (job is InternalJob) RunAlone(job);
                else _completion.TellNext(cause);
            }
        }
        finally
        {
            if (isAway) _store.TakeOnlyReads(false);
        }

        EndBatch(batch.Count);
    }

    private void RunAlone(WriteJob job)
    {
        _completion.Tell(_transaction.RunAlone(job));
        _scope.Snapshots.Clear();
        _completion.LogUndone();
    }

    [LoggerMessage(1009, LogLevel.Error, "The writer failed beside its changes, and goes on")]
    private partial void LogFailed(Exception cause);
}
