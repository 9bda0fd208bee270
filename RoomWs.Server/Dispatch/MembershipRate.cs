using System.Globalization;
using System.Threading.RateLimiting;
using RoomWs.Protocol;
using RoomWs.Protocol.Connection;
using RoomWs.Server.Configuration;

namespace RoomWs.Server.Dispatch;

/// <summary>
/// How often one user, over all its connections, may knock at rooms: joins, leaves, invites and codes, right or wrong. It is what
/// keeps codes from being guessed and rooms from being stirred up. May be used from any thread.
/// </summary>
internal sealed class MembershipRate(LimitOptions limits) : IDisposable
{
    // Holds a bucket for as long as it is not full again, so that users who do nothing cost nothing.
    private readonly PartitionedRateLimiter<string>? _buckets = limits.MembershipActionsPerMinute == 0 ? null : PartitionedRateLimiter.Create<string, string>(
        userId => RateLimitPartition.GetTokenBucketLimiter(userId, _ => new TokenBucketRateLimiterOptions
        {
            TokenLimit = limits.MembershipActionsPerMinute,
            TokensPerPeriod = 1,
            ReplenishmentPeriod = TimeSpan.FromMinutes(1.0 / limits.MembershipActionsPerMinute),
            QueueLimit = 0,
        }),
        StringComparer.Ordinal);

    /// <summary>Takes one action from the user's allowance; the refusal where there is none left.</summary>
    public ErrorReply? Refuse(string userId)
    {
        using var lease = _buckets?.AttemptAcquire(userId);
        if (lease is null or { IsAcquired: true }) return null;

        var retryAfter = lease.TryGetMetadata(MetadataName.RetryAfter, out var hint) ? hint : TimeSpan.FromMinutes(1);
        return new ErrorReply(
            ErrorCode.RateLimited,
            string.Create(CultureInfo.InvariantCulture, $"More than {limits.MembershipActionsPerMinute} joins, leaves and invites a minute (MembershipActionsPerMinute)."),
            RetryAfterMs: (long)Math.Ceiling(retryAfter.TotalMilliseconds));
    }

    public void Dispose() => _buckets?.Dispose();
}
