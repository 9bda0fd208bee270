using System.Globalization;
using RoomWs.Protocol;
using RoomWs.Protocol.Connection;
using RoomWs.Server.Configuration;

namespace RoomWs.Server.Sessions;

/// <summary>
/// Limits how often one user, over all its connections, may join, create invites, use codes, valid or not, and ask about rooms that it is not in. This
/// keeps clients from guessing codes, from searching for hidden rooms, and from flooding rooms with joins. May be used from any thread.
/// </summary>
internal sealed class MembershipRate(LimitOptions limits, TimeProvider time)
{
    private static readonly TimeSpan Period = TimeSpan.FromMinutes(1);

    private readonly Lock _gate = new();

    /// <summary>When the token bucket of each user will be full again, in ticks of the clock. A user without an entry has a full bucket.</summary>
    private readonly Dictionary<string, long> _fullAt = new(StringComparer.Ordinal);

    private long _droppedAt;

    /// <summary>Takes a token for one action of the user. Returns the refusal if there is none left.</summary>
    public ErrorReply? TryTake(string userId)
    {
        var perMinute = limits.MembershipActionsPerMinute;
        if (perMinute == 0) return null;

        var retryAfter = Take(userId, perMinute);
        return retryAfter == TimeSpan.Zero ? null : new ErrorReply(
            ErrorCode.RateLimited,
            string.Create(CultureInfo.InvariantCulture, $"More than {perMinute} joins, invites and looks at rooms of others a minute (MembershipActionsPerMinute)."),
            RetryAfterMs: (long)Math.Ceiling(retryAfter.TotalMilliseconds));
    }

    private TimeSpan Take(string userId, int perMinute)
    {
        lock (_gate)
        {
            var now = time.GetElapsedTime(0).Ticks;
            DropFullLocked(now);
            var fullAt = _fullAt.GetValueOrDefault(userId);
            var retryAfter = TokenBucket.Take(ref fullAt, now, perMinute, Period, perMinute);
            _fullAt[userId] = fullAt;
            return retryAfter;
        }
    }

    /// <summary>Drops full buckets, so that inactive users take no memory. Every bucket is full after a period, so once per period is enough.</summary>
    private void DropFullLocked(long now)
    {
        if (now - _droppedAt < Period.Ticks) return;

        _droppedAt = now;
        foreach (var (userId, fullAt) in _fullAt)
        {
            if (fullAt <= now) _fullAt.Remove(userId);
        }
    }
}
