using Microsoft.Extensions.Logging;
using RoomWs.Server.Storage;

namespace RoomWs.Server.Hosting;

/// <summary>
/// Deletes what belonged to rooms and boards that are gone, and gives their pages back to the disk, in steps so short that no change waits long behind one. A room of
/// 300,000 messages is gone within a minute. What a stop or a crash leaves is gone on with after the next start. One round at a time.
/// </summary>
internal sealed partial class Remains(ReadConnections reads, WriteQueue writes, TimeProvider time, ILogger<Remains> logger)
{
    /// <summary>Maximum number of rows in a step: of the longest messages that is 8 MB, which are overwritten.</summary>
    private const int RowsPerStep = 200;

    /// <summary>Maximum number of pages in a step. Each may be a page of data that moves.</summary>
    private const int PagesPerStep = 256;

    /// <summary>Maximum number of steps of a kind in a round, behind which the other records have their turn.</summary>
    private const int StepsPerRound = 100;

    /// <summary>From so many rows on the log tells of a deletion: the operator may wonder what the disk does.</summary>
    private const long ManyRows = 10_000;

    private long _rows;
    private long _begunAt;

    /// <summary>Deletes some of what is left over, and gives back pages that are free by then.</summary>
    public async Task SweepAsync()
    {
        if (!reads.Read(read => read.Sweeps.HasRemains())) return;
        if (_rows == 0) _begunAt = time.GetTimestamp();
        var isMore = await StepsAsync(sweeps => sweeps.DeleteRemains(RowsPerStep), done => _rows += done);
        await GiveBackAsync();
        if (isMore) return;

        if (_rows >= ManyRows) LogDeleted(_rows, time.GetElapsedTime(_begunAt).TotalSeconds);
        _rows = 0;
    }

    /// <summary>Gives back some of the pages in which nothing is left, but for some that are soon used again.</summary>
    public async Task GiveBackAsync()
    {
        var isMore = await StepsAsync(sweeps => sweeps.GiveBackPages(PagesPerStep), static _ => { });
        if (!isMore) await writes.RunAsync(write => write.ShrinkLog());
    }

    /// <summary>Runs steps, each in its turn.</summary>
    /// <returns>Whether there is more to do. A step that could not be done is tried again in another round.</returns>
    private async Task<bool> StepsAsync(Func<SweepRepository, int> sweep, Action<int> count)
    {
        for (var step = 0; step < StepsPerRound; step++)
        {
            var done = 0;
            if (!await writes.RunAsync(write => done = write.Sweep(sweep)) || done == 0) return false;
            count(done);
        }

        return true;
    }

    [LoggerMessage(4002, LogLevel.Information, "What was left of deleted rooms and boards is deleted: {Rows} rows in {Seconds:0.0} s")]
    private partial void LogDeleted(long rows, double seconds);
}
