using Microsoft.Extensions.Logging;

namespace RoomWs.Server.Storage;

/// <summary>
/// Tells the jobs of a batch how they ended, in their order and each once, whatever becomes of the others: whoever waits for one that is never told waits
/// for ever. Writer's thread only.
/// </summary>
internal sealed partial class BatchCompletion(ILogger logger)
{
    private List<WriteJob> _jobs = [];
    private int _told;

    public void Begin(List<WriteJob> jobs) => (_jobs, _told) = (jobs, 0);

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

    [LoggerMessage(1003, LogLevel.Error, "A committed change could not be announced")]
    private partial void LogFailed(Exception cause);
}
