using RoomWs.Server.Configuration;
using RoomWs.Server.Storage;

namespace RoomWs.Server.Hosting;

/// <summary>Deletes the records that have had their time: kept replies, invites that have ended, denials after which a user may ask again.</summary>
internal sealed class OldRecords(WriteQueue writes, LimitOptions limits)
{
    /// <summary>Maximum number of rows of each kind to delete at once, so that clients' changes do not wait long behind the deletion.</summary>
    private const int RowsPerStep = 2_000;

    /// <summary>Deletes some of them. Returns whether there may be more.</summary>
    public async Task<bool> DeleteSomeAsync()
    {
        var isMore = false;
        await writes.RunAsync(write =>
        {
            int[] deleted =
            [
                write.Idempotency.DeleteOld(write.Now, RowsPerStep),
                write.Invites.DeleteOld(write.Now, RowsPerStep),
                write.JoinRequests.DeleteOldDenials(write.Now - (1_000L * limits.AskAgainSeconds), RowsPerStep),
            ];
            isMore = deleted.Contains(RowsPerStep);
            if (!isMore) write.ShrinkLog();
        });
        return isMore;
    }
}
