using RoomWs.Server.Storage;

namespace RoomWs.Server.Hosting;

/// <summary>
/// Deletes what belonged to rooms and boards that are gone, and gives their pages back to the disk, in steps so short that no change waits long behind one. A room of
/// 300,000 messages is gone within a minute. What a stop or a crash leaves is gone on with after the next start.
/// </summary>
internal sealed class Remains(ReadConnections reads, WriteQueue writes)
{
    /// <summary>Maximum number of rows in a step: of the longest messages that is 8 MB, which are overwritten.</summary>
    private const int RowsPerStep = 200;

    /// <summary>Maximum number of pages in a step. Each may be a page of data that moves.</summary>
    private const int PagesPerStep = 256;

    /// <summary>Deletes all that is left over.</summary>
    public async Task SweepAsync()
    {
        if (!reads.Read(read => read.Sweeps.HasRemains())) return;
        while (await StepAsync(sweeps => sweeps.DeleteRemains(RowsPerStep)) > 0)
        {
        }

        await GiveBackAsync();
    }

    /// <summary>Gives back the pages in which nothing is left, but for some that are soon used again.</summary>
    public async Task GiveBackAsync()
    {
        while (await StepAsync(sweeps => sweeps.GiveBackPages(PagesPerStep)) > 0)
        {
        }

        await writes.RunAsync(write => write.ShrinkLog());
    }

    /// <summary>Runs one step in its turn.</summary>
    /// <returns>How much there was to do in the step. 0 if it could not be done, too: then it is tried again in another round.</returns>
    private async Task<int> StepAsync(Func<SweepRepository, int> sweep)
    {
        var done = 0;
        return await writes.RunAsync(write => done = write.Sweep(sweep)) ? done : 0;
    }
}
