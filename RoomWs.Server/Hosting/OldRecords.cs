using RoomWs.Server.Configuration;
using RoomWs.Server.Storage;

namespace RoomWs.Server.Hosting;

/// <summary>Deletes the records that have had their time: kept replies, invites that have ended, denials after which a user may ask again, allowances that are whole again, the feed.</summary>
/// <param name="writes">The writer.</param>
/// <param name="limits">The limits.</param>
/// <param name="told">Up to where this node has told the feed: what it has still to tell, it does not delete.</param>
internal sealed class OldRecords(WriteQueue writes, LimitOptions limits, Func<long> told)
{
    /// <summary>Maximum number of rows of each kind to delete at once, so that clients' changes do not wait long behind the deletion.</summary>
    private const int RowsPerStep = 2_000;

    /// <summary>How long the feed is kept: as long as whoever follows it may be behind.</summary>
    private static readonly TimeSpan FeedKept = TimeSpan.FromMinutes(10);

    /// <summary>Deletes some of them. Returns whether there may be more.</summary>
    public async Task<bool> DeleteSomeAsync()
    {
        var isMore = false;
        await writes.RunAsync(write =>
        {
            int[] deleted =
            [
                write.Sweep(sweeps => sweeps.DeleteReplies(write.Now, RowsPerStep)),
                write.Sweep(sweeps => sweeps.DeleteInvites(write.Now, RowsPerStep)),
                write.Sweep(sweeps => sweeps.DeleteDenials(write.Now - (1_000L * limits.AskAgainSeconds), RowsPerStep)),
                write.Sweep(sweeps => sweeps.DeleteAllowances(write.At, RowsPerStep)),
                write.Sweep(sweeps => sweeps.DeleteFeed(write.Now - (long)FeedKept.TotalMilliseconds, told(), RowsPerStep)),
            ];
            isMore = deleted.Contains(RowsPerStep);
            if (!isMore) write.ShrinkLog();
        });
        return isMore;
    }
}
