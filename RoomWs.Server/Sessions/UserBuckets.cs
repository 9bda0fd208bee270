namespace RoomWs.Server.Sessions;

/// <summary>A token bucket for each user, of something that it may do so often in a minute, over all its connections. May be used from any thread.</summary>
internal sealed class UserBuckets(TimeProvider time)
{
    private static readonly TimeSpan Period = TimeSpan.FromMinutes(1);

    private readonly Lock _gate = new();

    /// <summary>When the token bucket of each user will be full again, in ticks of the clock. A user without an entry has a full bucket.</summary>
    private readonly Dictionary<string, long> _fullAt = new(StringComparer.Ordinal);

    private long _droppedAt;

    /// <summary>Takes tokens of the user and returns zero. If there are not enough, takes nothing and returns the time until there are.</summary>
    /// <param name="userId">The user.</param>
    /// <param name="perMinute">The tokens that come back in a minute, which is also what a full bucket holds.</param>
    /// <param name="count">The number of tokens. A full bucket gives more than it holds, and is in debt then.</param>
    public TimeSpan Take(string userId, int perMinute, int count = 1)
    {
        lock (_gate)
        {
            var now = time.GetElapsedTime(0).Ticks;
            DropFullLocked(now);
            var fullAt = _fullAt.GetValueOrDefault(userId);
            var retryAfter = TokenBucket.OfMinute(perMinute).Take(ref fullAt, now, count);
            _fullAt[userId] = fullAt;
            return retryAfter;
        }
    }

    /// <summary>The time until so many tokens of the user can be taken. Zero if they can be taken now.</summary>
    public TimeSpan Wait(string userId, int perMinute, int count)
    {
        lock (_gate) return TokenBucket.OfMinute(perMinute).Wait(_fullAt.GetValueOrDefault(userId), time.GetElapsedTime(0).Ticks, count);
    }

    /// <summary>Puts tokens back that were taken for nothing.</summary>
    public void GiveBack(string userId, int perMinute, int count)
    {
        lock (_gate)
        {
            if (!_fullAt.TryGetValue(userId, out var fullAt)) return;
            TokenBucket.OfMinute(perMinute).GiveBack(ref fullAt, count);
            _fullAt[userId] = fullAt;
        }
    }

    /// <summary>Drops full buckets, so that inactive users take no memory. All but those in debt are full after a period, so once per period is enough.</summary>
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
