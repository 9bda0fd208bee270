using Microsoft.Extensions.Logging;
using RoomWs.Server.Metrics;
using RoomWs.Server.Storage.Sqlite;

namespace RoomWs.Server.Storage;

/// <summary>
/// The one writer. A thread of its own takes all jobs that wait, runs each in a savepoint of one transaction, commits once, and only
/// then completes them in order: the fsync that a durable change costs is shared by all that came while the last one ran.
/// Enqueue may be called from any thread; jobs run in the order of the calls.
/// </summary>
internal sealed partial class WriteQueue : IDisposable
{
    /// <summary>Maximum time a change waits for its batch to fill: less than a broadcast to many sockets takes.</summary>
    private static readonly TimeSpan MaxWait = TimeSpan.FromMilliseconds(1);

    /// <summary>Bounds how long the first job of a batch waits for the last, and the write-ahead log.</summary>
    private const int LargestBatch = 512;

    private readonly PreparedConnection _connection;
    private readonly WriteScope _scope;
    private readonly WriteTransaction _transaction;
    private readonly StorageOutage _outage;
    private readonly ICommitSink _sink;
    private readonly ILogger<WriteQueue> _logger;
    private readonly Thread _thread;
    private readonly Lock _gate = new();
    // Not a semaphore of the slim kind: that would spin for a while each time, on a processor that the clients' work is waiting for.
    private readonly AutoResetEvent _arrived = new(false);
    private Queue<WriteJob> _waiting = new();
    private int _wakeAt = 1;
    private bool _completed;

    /// <summary>Starts the writer.</summary>
    /// <param name="connection">The connection that alone writes.</param>
    /// <param name="scope">What jobs may use.</param>
    /// <param name="outage">Told when nothing can be stored, and when that is over.</param>
    /// <param name="sink">Told of each batch when its jobs are completed.</param>
    /// <param name="metrics">What is told of commits.</param>
    /// <param name="logger">Where failures go.</param>
    public WriteQueue(PreparedConnection connection, WriteScope scope, StorageOutage outage, ICommitSink sink, ServerMetrics metrics, ILogger<WriteQueue> logger)
    {
        (_connection, _scope, _outage, _sink, _logger) = (connection, scope, outage, sink, logger);
        _transaction = new WriteTransaction(connection, scope, metrics, logger);
        _thread = new Thread(RunBatches) { Name = "RoomWs writer", IsBackground = true };
        _thread.Start();
    }

    public void Enqueue(WriteJob job)
    {
        lock (_gate)
        {
            ObjectDisposedException.ThrowIf(_completed, this);
            _waiting.Enqueue(job);
            // One signal for a whole batch: the writer drains the queue, not one job a signal.
            if (_waiting.Count != _wakeAt) return;
        }

        _arrived.Set();
    }

    /// <summary>Does the server's own work in its turn, and tells whether it was committed.</summary>
    /// <param name="work">The work. It may be run once more, where others in its batch could not be stored.</param>
    /// <param name="committed">What to do then, still in its turn.</param>
    public Task<bool> RunAsync(Action<WriteScope> work, Action? committed = null)
    {
        var job = new InternalJob(work, committed);
        Enqueue(job);
        return job.Done;
    }

    /// <summary>Finishes all that was enqueued, then ends the writer.</summary>
    public void Dispose()
    {
        lock (_gate)
        {
            if (_completed) return;
            _completed = true;
        }

        _arrived.Set();
        _thread.Join();
        _arrived.Dispose();
        _connection.Dispose();
    }

    private void RunBatches()
    {
        var batch = new List<WriteJob>(LargestBatch);
        while (WaitForJob())
        {
            AwaitMore();
            TakeBatch(batch);
            RunBatch(batch);
            batch.Clear();
        }
    }

    /// <summary>False at the end, when all jobs are done.</summary>
    private bool WaitForJob()
    {
        while (true)
        {
            lock (_gate)
            {
                if (_waiting.Count > 0) return true;
                if (_completed) return false;
            }

            _arrived.WaitOne();
        }
    }

    private void AwaitMore()
    {
        var expected = Math.Min(_sink.ExpectedJobs(), LargestBatch);
        if (!IsShortOf(expected, wakeAt: expected)) return;

        // A signal may be left from before, so one that comes too early is no reason to go.
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
        lock (_gate)
        {
            while (batch.Count < LargestBatch && _waiting.TryDequeue(out var job)) batch.Add(job);
        }
    }

    private void RunBatch(List<WriteJob> batch)
    {
        Exception?[] failures;
        var rowsBefore = _connection.ChangedRows;
        try
        {
            // IMMEDIATE: another program's lock is to be met here, and not between two jobs.
            failures = _transaction.Run("BEGIN IMMEDIATE", batch);
        }
        catch (Exception cause)
        {
            Refuse(batch, cause);
            return;
        }

        // What changes no row succeeds on a full disk, too.
        if (_outage.IsOn && _connection.ChangedRows != rowsBefore) _outage.End();
        for (var i = 0; i < batch.Count; i++)
        {
            var (job, failure) = (batch[i], failures[i]);
            Finish(() =>
            {
                if (failure is null) job.Committed();
                else job.Failed(failure);
            });
            if (failure is not null && job is InternalJob) LogOwnJobFailed(failure);
        }

        _scope.Snapshots.Clear();
        EndBatch(batch.Count);
    }

    private void EndBatch(int jobs) => Finish(() => _sink.EndBatch(jobs, CountWaiting));

    private int CountWaiting()
    {
        lock (_gate) return _waiting.Count;
    }

    /// <summary>Nothing of a batch has happened, and each of its jobs learns why.</summary>
    private void Refuse(List<WriteJob> batch, Exception cause)
    {
        var isOutage = SqliteFault.Is(cause);
        if (isOutage) cause = _outage.Refuse(cause, batch.Count(job => job is not InternalJob));
        else LogBatchLost(cause, batch.Count);

        _scope.Snapshots.Clear();
        foreach (var job in batch)
        {
            // Of the server's own work most only looks: a RESUME, or who comes online, has nothing to do with a disk that is full.
            if (isOutage && job is InternalJob) RunAlone(job);
            else Finish(() => job.Failed(cause));
        }

        EndBatch(batch.Count);
    }

    private void RunAlone(WriteJob job)
    {
        Exception? failure;
        try
        {
            // Not IMMEDIATE: what only looks needs no lock, which another program may hold.
            failure = _transaction.Run("BEGIN", [job])[0];
        }
        catch (Exception cause)
        {
            failure = cause;
        }

        _scope.Snapshots.Clear();
        Finish(() =>
        {
            if (failure is null) job.Committed();
            else job.Failed(failure);
        });
    }

    /// <summary>Completing a job must not end the writer, whatever its receiver does.</summary>
    private void Finish(Action complete)
    {
        try
        {
            complete();
        }
        catch (Exception cause)
        {
            LogCompletionFailed(cause);
        }
    }

    [LoggerMessage(1001, LogLevel.Error, "A batch of {Jobs} changes could not be committed; none of them happened")]
    private partial void LogBatchLost(Exception cause, int jobs);

    [LoggerMessage(1004, LogLevel.Error, "A change that the server makes by itself failed and was undone")]
    private partial void LogOwnJobFailed(Exception cause);

    [LoggerMessage(1003, LogLevel.Error, "A committed change could not be announced")]
    private partial void LogCompletionFailed(Exception cause);
}
