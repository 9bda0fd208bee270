using Microsoft.Extensions.Logging;
using RoomWs.Server.Metrics;
using RoomWs.Server.Storage.Sqlite;

namespace RoomWs.Server.Storage;

/// <summary>One transaction for several jobs, with a savepoint for each: a job that fails undoes itself alone. Writer's thread only.</summary>
internal sealed partial class WriteTransaction(PreparedConnection connection, WriteScope scope, ServerMetrics metrics, ILogger logger)
{
    private readonly PlainStatement _savepoint = connection.Prepare("SAVEPOINT job");
    private readonly PlainStatement _release = connection.Prepare("RELEASE job");
    private readonly PlainStatement _rollBackTo = connection.Prepare("ROLLBACK TO job");

    /// <summary>Runs the jobs and commits; what it throws has undone them all.</summary>
    /// <returns>Why each of them failed, where it did.</returns>
    public Exception?[] Run(string begin, List<WriteJob> jobs)
    {
        try
        {
            var failures = new Exception?[jobs.Count];
            connection.Run(begin);
            for (var i = 0; i < jobs.Count; i++) failures[i] = RunInSavepoint(jobs[i]);
            var commitStarts = metrics.CommitStarts();
            connection.Run("COMMIT");
            metrics.CommitEnds(jobs.Count, commitStarts);
            return failures;
        }
        catch
        {
            RollBack();
            throw;
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
            // No other job of the batch would fare better, and SQLite may have ended the transaction of all already.
            if (SqliteFault.IsOfStorage(failure) || (SqliteFault.Is(failure) && !connection.InTransaction)) throw;

            _rollBackTo.Run();
            _release.Run();
            scope.Snapshots.Distrust();
            return failure;
        }
    }

    private void RollBack()
    {
        // SQLite may have done it by itself already, as it does on a full disk.
        if (!connection.InTransaction) return;
        try
        {
            connection.Run("ROLLBACK");
        }
        catch (Exception cause)
        {
            // The next batch cannot begin then, and comes here again.
            LogRollbackFailed(cause);
        }
    }

    [LoggerMessage(1002, LogLevel.Warning, "Rolling back after a failed batch did not succeed")]
    private partial void LogRollbackFailed(Exception cause);
}
