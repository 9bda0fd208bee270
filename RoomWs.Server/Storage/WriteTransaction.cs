using Microsoft.Extensions.Logging;
using RoomWs.Server.Metrics;
using RoomWs.Server.Storage.Batch;

namespace RoomWs.Server.Storage;

/// <summary>Runs several jobs as one batch: all are decided in memory, and what they have changed is written and committed once. Writer's thread only.</summary>
internal sealed partial class WriteTransaction(IStore store, IStorageFaults faults, WriteScope scope, StorageOutage outage, BatchRetry retry, ServerMetrics metrics, ILogger logger)
{
    /// <summary>Runs the jobs and commits.</summary>
    /// <returns>For each job, how it ended.</returns>
    /// <exception cref="Exception">All of them are undone, because the storage has failed.</exception>
    public JobEnd[] Run(List<WriteJob> jobs)
    {
        try
        {
            return Try(jobs, isToWrite: true);
        }
        catch (Exception cause) when (!faults.IsOfStorage(cause))
        {
            if (jobs.Count == 1) return [new JobEnd(cause, Place: null)];

            // One of them has failed where the others cannot be told from it. None is undone for another's fault.
            LogRunAlone(cause, jobs.Count);
            return RunOneByOne(jobs);
        }
    }

    /// <summary>Runs a job as a batch of its own.</summary>
    /// <param name="job">The job.</param>
    /// <param name="isToWrite">False if it may only read, and so does not need the right to write, which another program may have.</param>
    public JobEnd RunAlone(WriteJob job, bool isToWrite = false)
    {
        try
        {
            return Try([job], isToWrite)[0];
        }
        catch (Exception cause)
        {
            return new JobEnd(cause, Place: null);
        }
    }

    private JobEnd[] RunOneByOne(List<WriteJob> jobs)
    {
        var ends = new JobEnd[jobs.Count];
        for (var i = 0; i < jobs.Count; i++)
        {
            ends[i] = RunAlone(jobs[i], isToWrite: true);
            if (ends[i].Failure is not { } failure || !faults.IsOfStorage(failure)) continue;

            // Once nothing can be stored, the others do not wait for that one after the other.
            Array.Fill(ends, new JobEnd(outage.Refuse(failure, jobs.Skip(i).Count(job => job is not InternalJob)), Place: null), i, jobs.Count - i);
            break;
        }

        return ends;
    }

    private JobEnd[] Try(List<WriteJob> jobs, bool isToWrite)
    {
        retry.Begin();
        while (true)
        {
            try
            {
                return Run(jobs, isToWrite);
            }
            catch (Exception cause)
            {
                if (!retry.Again(cause)) throw;
            }
        }
    }

    private JobEnd[] Run(List<WriteJob> jobs, bool isToWrite)
    {
        var failures = new Exception?[jobs.Count];
        CommitPlace place;
        long? commitStarts;
        try
        {
            scope.Begin(
                needs =>
                {
                    foreach (var job in jobs) job.Need(needs);
                },
                isToWrite);
            for (var i = 0; i < jobs.Count; i++) failures[i] = RunJob(jobs[i]);
            scope.Snapshots.Commit();
            commitStarts = metrics.CommitStarts();
            place = store.Commit(scope.Rows);
        }
        catch
        {
            RollBack();
            scope.UndoBatch(LogNotUndone);
            throw;
        }

        // The jobs are committed. Nothing from here on may throw, for that would tell them that they are not.
        scope.Committed();
        metrics.CommitEnds(jobs.Count, commitStarts);
        if (scope.TakeLogWish()) ShrinkLog();
        return Array.ConvertAll(failures, failure => new JobEnd(failure, place));
    }

    private Exception? RunJob(WriteJob job)
    {
        scope.BeginJob();
        try
        {
            job.Run(scope);
            return null;
        }
        catch (Exception failure)
        {
            // The storage has failed, so the other jobs of the batch would fail too; or what the job has changed is written already, with that of others.
            if (faults.Is(failure) || scope.Rows.IsPartlyWritten) throw;

            scope.UndoJob(LogNotUndone);
            return failure;
        }
    }

    private void ShrinkLog()
    {
        try
        {
            store.ShrinkLog();
        }
        catch (Exception cause)
        {
            // The batch is committed whatever comes of this, and the log is still whole. The next round tries again.
            LogNotShrunk(cause);
        }
    }

    private void RollBack()
    {
        try
        {
            store.RollBack();
        }
        catch (Exception cause)
        {
            // Then the next batch cannot begin, and comes here again.
            LogRollbackFailed(cause);
        }
    }

    [LoggerMessage(1007, LogLevel.Warning, "The write-ahead log could not be moved into the database; that is tried again")]
    private partial void LogNotShrunk(Exception cause);

    [LoggerMessage(1008, LogLevel.Error, "What an undone change had counted outside the database could not be put back")]
    private partial void LogNotUndone(Exception cause);

    [LoggerMessage(1002, LogLevel.Warning, "Rolling back after a failed batch did not succeed")]
    private partial void LogRollbackFailed(Exception cause);

    [LoggerMessage(1001, LogLevel.Error, "A batch of {Jobs} changes failed; each is tried alone")]
    private partial void LogRunAlone(Exception cause, int jobs);
}
