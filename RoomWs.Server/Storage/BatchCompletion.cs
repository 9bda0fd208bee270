using Microsoft.Extensions.Logging;
using RoomWs.Server.Storage.Batch;

namespace RoomWs.Server.Storage;

/// <summary>
/// Tells the jobs of a batch how they ended, in their order and each once, whatever becomes of the others: whoever waits for one that is never told waits
/// for ever. Writer's thread only.
/// </summary>
internal sealed partial class BatchCompletion(IOtherNodes others, IStorageFaults faults, ILogger logger)
{
    private List<WriteJob> _jobs = [];
    private readonly List<Exception> _undone = [];
    private int _told;

    /// <summary>The place of the batch that is being told.</summary>
    private CommitPlace? _place;

    public void Begin(List<WriteJob> jobs) => (_jobs, _told) = (jobs, 0);

    /// <summary>Tells the next job how it ended, behind all that other nodes have committed before it.</summary>
    public void Tell(JobEnd end)
    {
        if (end.Place is { } place && place != _place)
        {
            EndPlace();
            _place = place;
            Try(() => others.TellBefore(place));
        }

        // A fault of the storage is told by StorageOutage already.
        if (end.Failure is { } failure and not StorageException && _jobs[_told] is InternalJob && !faults.IsOfStorage(failure)) _undone.Add(failure);
        TellNext(end.Failure);
    }

    /// <summary>Logs why jobs of the server's own were undone, when all are told.</summary>
    public void LogUndone()
    {
        while (_undone.Count > 0)
        {
            var failure = _undone[0];
            _undone.RemoveAt(0);
            LogInternalJobFailed(failure);
        }
    }

    /// <summary>Called when all jobs of a batch are told.</summary>
    public void EndPlace()
    {
        if (_place is { } place) Try(() => others.Told(place));
        _place = null;
    }

    /// <summary>Tells the next job.</summary>
    /// <param name="failure">Why it was undone. Null if it is committed.</param>
    public void TellNext(Exception? failure)
    {
        var job = _jobs[_told++];
        Try(() =>
        {
            if (failure is null) job.Committed();
            else job.Failed(failure);
        });
    }

    /// <summary>Tells those that were not told yet that they failed.</summary>
    public void FailRest(Exception cause)
    {
        while (_told < _jobs.Count) TellNext(cause);
    }

    /// <summary>Does what has to follow a commit. Logs an exception, which must not end the writer's thread.</summary>
    public void Try(Action complete)
    {
        try
        {
            complete();
        }
        catch (Exception cause)
        {
            LogFailed(cause);
        }
    }

    [LoggerMessage(1004, LogLevel.Error, "A change that the server makes by itself failed and was undone")]
    private partial void LogInternalJobFailed(Exception cause);

    [LoggerMessage(1003, LogLevel.Error, "A committed change could not be announced")]
    private partial void LogFailed(Exception cause);
}
