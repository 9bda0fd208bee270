using System.Globalization;
using RoomWs.Protocol;
using RoomWs.Protocol.Connection;
using RoomWs.Server.Configuration;

namespace RoomWs.Server.Sessions;

/// <summary>
/// How often one user, over all its connections, may knock at rooms: joins, leaves, invites and codes, right or wrong. It is what
/// keeps codes from being guessed and rooms from being stirred up. May be used from any thread.
/// </summary>
internal sealed class MembershipRate(LimitOptions limits, TimeProvider time)
{
    private static readonly TimeSpan Period = TimeSpan.FromMinutes(1);

    private readonly Lock _gate = new();

    /// <summary>When the bucket of each user that took from it lately will be full again, in ticks of the clock.</summary>
    private readonly Dictionary<string, long> _fullAt = new(StringComparer.Ordinal);

    private long _lookedAt;

    /// <summary>Takes the token for one action of the user; the refusal where there is none left.</summary>
    public ErrorReply? TryTake(string userId)
    {
        var perMinute = limits.MembershipActionsPerMinute;
        if (perMinute == 0) return null;

        var retryAfter = Take(userId, perMinute);
        return retryAfter == TimeSpan.Zero ? null : new ErrorReply(
            ErrorCode.RateLimited,
            string.Create(CultureInfo.InvariantCulture, $"More than {perMinute} joins, leaves and invites a minute (MembershipActionsPerMinute)."),
            RetryAfterMs: (long)Math.Ceiling(retryAfter.TotalMilliseconds));
    }

    private TimeSpan Take(string userId, int perMinute)
    {
        lock (_gate)
        {
            var now = time.GetElapsedTime(0).Ticks;
            ForgetFull(now);
            var fullAt = _fullAt.GetValueOrDefault(userId);
            var retryAfter = TokenBucket.Take(ref fullAt, now, perMinute, Period, perMinute);
            _fullAt[userId] = fullAt;
            return retryAfter;
        }
    }

    /// <summary>Users who do nothing cost nothing. All buckets are full again after a period, so one look in each is enough.</summary>
    private void ForgetFull(long now)
    {
        if (now - _lookedAt < Period.Ticks) return;

        _lookedAt = now;
        foreach (var (userId, fullAt) in _fullAt)
        {
            if (fullAt <= now) _fullAt.Remove(userId);
        }
    }
}
