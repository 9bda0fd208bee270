using Microsoft.Extensions.Logging;
using RoomWs.Server.Metrics;
using RoomWs.Server.Storage.Sqlite;

namespace RoomWs.Server.Storage;

/// <summary>Runs several jobs in one transaction, each in a savepoint, so that a failed job is undone alone. Writer's thread only.</summary>
internal sealed partial class WriteTransaction(PreparedConnection connection, WriteScope scope, ServerMetrics metrics, ILogger logger)
{
    private readonly PlainStatement _savepoint = connection.Prepare("SAVEPOINT job");
    private readonly PlainStatement _release = connection.Prepare("RELEASE job");
    private readonly PlainStatement _rollBackTo = connection.Prepare("ROLLBACK TO job");

    /// <summary>Runs the jobs and commits. If it throws, all of them are undone.</summary>
    /// <returns>For each job, the exception that it failed with; null if it succeeded.</returns>
    public Exception?[] Run(string begin, List<WriteJob> jobs)
    {
        var failures = new Exception?[jobs.Count];
        long? commitStarts;
        try
        {
            connection.Run(begin);
            for (var i = 0; i < jobs.Count; i++) failures[i] = RunInSavepoint(jobs[i]);
            scope.Snapshots.Commit();
            commitStarts = metrics.CommitStarts();
            connection.Run("COMMIT");
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
        return failures;
    }

    /// <summary>Runs a job in a transaction of its own. Returns why it failed; null if it is committed.</summary>
    public Exception? RunAlone(WriteJob job)
    {
        try
        {
            // Not IMMEDIATE: a job that only reads does not need the write lock, which another program may hold.
            return Run("BEGIN", [job])[0];
        }
        catch (Exception cause)
        {
            return cause;
        }
        finally
        {
            scope.Snapshots.Clear();
        }
    }

    /// <summary>Whether a job that writes is to fail at once, as a fault of the storage.</summary>
    public void TakeOnlyReads(bool whether) => connection.Run(whether ? "PRAGMA query_only = ON" : "PRAGMA query_only = OFF");

    private void ShrinkLog()
    {
        try
        {
            // Does not wait: where a reader is in the log, it moves what it can into the database, and leaves the file as long as it is.
            connection.Run("PRAGMA wal_checkpoint(TRUNCATE)");
        }
        catch (Exception cause)
        {
            // The batch is committed whatever comes of this, and the log is still whole. The next round tries again.
            LogNotShrunk(cause);
        }
    }

    private Exception? RunInSavepoint(WriteJob job)
    {
        _savepoint.Run();
        scope.BeginJob();
        try
        {
            job.Run(scope);
            _release.Run();
            return null;
        }
        catch (Exception failure)
        {
            // The storage has failed, so the other jobs of the batch would fail too; or SQLite has already ended the transaction of all jobs.
            if (SqliteFault.IsOfStorage(failure) || (SqliteFault.Is(failure) && !connection.InTransaction)) throw;

            _rollBackTo.Run();
            _release.Run();
            scope.UndoJob(LogNotUndone);
            scope.Snapshots.Distrust();
            return failure;
        }
    }

    private void RollBack()
    {
        try
        {
            // SQLite may have rolled back by itself already, for example on a full disk.
            if (connection.InTransaction) connection.Run("ROLLBACK");
        }
        catch (Exception cause)
        {
            // Then the next batch cannot begin its transaction, and comes here again.
            LogRollbackFailed(cause);
        }
    }

    [LoggerMessage(1007, LogLevel.Warning, "The write-ahead log could not be moved into the database; that is tried again")]
    private partial void LogNotShrunk(Exception cause);

    [LoggerMessage(1008, LogLevel.Error, "What an undone change had counted outside the database could not be put back")]
    private partial void LogNotUndone(Exception cause);

    [LoggerMessage(1002, LogLevel.Warning, "Rolling back after a failed batch did not succeed")]
    private partial void LogRollbackFailed(Exception cause);
}
