using RoomWs.Server.Sessions;
using RoomWs.Server.Storage;
using RoomWs.Server.Storage.Batch;

namespace RoomWs.Server.Dispatch;

/// <summary>Allowances in the database, from which all nodes take, each in its batches and by the database's clock.</summary>
internal sealed class SharedAllowances : IAllowances
{
    public bool AreShared => true;

    public TimeSpan? TakeAtOnce(in Allowance allowance) => null;

    public void Need(in Allowance allowance, Needs needs) => needs.Allowances.Add((allowance.UserId, allowance.Kind));

    public TimeSpan Wait(in Allowance allowance, int count, WriteScope write) =>
        TokenBucket.OfMinute(allowance.PerMinute).Wait(write.Allowances.FullAt(allowance.UserId, allowance.Kind), StoredAllowance.TicksOf(write.At), count);

    public TimeSpan Take(in Allowance allowance, int count, WriteScope write)
    {
        var fullAt = write.Allowances.FullAt(allowance.UserId, allowance.Kind);
        var wait = TokenBucket.OfMinute(allowance.PerMinute).Take(ref fullAt, StoredAllowance.TicksOf(write.At), count);
        // Undone with the row.
        if (wait == TimeSpan.Zero) write.Allowances.Save(allowance.UserId, allowance.Kind, fullAt);
        return wait;
    }
}
