using RoomWs.Server.Sessions;
using RoomWs.Server.Storage;
using RoomWs.Server.Storage.Batch;

namespace RoomWs.Server.Dispatch;

/// <summary>Allowances in the memory of the only node. A restart makes them whole again.</summary>
internal sealed class LocalAllowances(TimeProvider time) : IAllowances
{
    /// <summary>One of each kind.</summary>
    private readonly UserBuckets[] _buckets = [.. Enum.GetValues<AllowanceKind>().Select(_ => new UserBuckets(time))];

    public bool AreShared => false;

    public TimeSpan? TakeAtOnce(in Allowance allowance) => Of(allowance).Take(allowance.UserId, allowance.PerMinute);

    public void Need(in Allowance allowance, Needs needs)
    {
        // They are at hand.
    }

    public TimeSpan Wait(in Allowance allowance, int count, WriteScope write) => Of(allowance).Wait(allowance.UserId, allowance.PerMinute, count);

    public TimeSpan Take(in Allowance allowance, int count, WriteScope write)
    {
        var (buckets, userId, perMinute) = (Of(allowance), allowance.UserId, allowance.PerMinute);
        var wait = buckets.Take(userId, perMinute, count);
        if (wait == TimeSpan.Zero) write.IfUndone(() => buckets.GiveBack(userId, perMinute, count));
        return wait;
    }

    private UserBuckets Of(in Allowance allowance) => _buckets[(int)allowance.Kind];
}
