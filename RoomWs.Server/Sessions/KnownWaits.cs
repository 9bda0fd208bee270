namespace RoomWs.Server.Sessions;

/// <summary>
/// Which users have nothing left of something for a time, as far as this node knows. Nobody can take anything before that is over, so until then it need not be
/// looked at again. May be used from any thread.
/// </summary>
internal sealed class KnownWaits(TimeProvider time)
{
    private static readonly TimeSpan SweepInterval = TimeSpan.FromMinutes(1);

    private readonly Lock _gate = new();

    /// <summary>Until when, in ticks of the clock.</summary>
    private readonly Dictionary<string, long> _until = new(StringComparer.Ordinal);

    private long _sweptAt;

    /// <summary>How long the user has to wait still. Zero if that is not known.</summary>
    public TimeSpan Of(string userId)
    {
        lock (_gate)
        {
            var left = _until.GetValueOrDefault(userId) - time.GetElapsedTime(0).Ticks;
            return left > 0 ? TimeSpan.FromTicks(left) : TimeSpan.Zero;
        }
    }

    /// <summary>Notes that the user has to wait.</summary>
    public void Note(string userId, TimeSpan wait)
    {
        lock (_gate)
        {
            var now = time.GetElapsedTime(0).Ticks;
            DropOverLocked(now);
            _until[userId] = now + wait.Ticks;
        }
    }

    private void DropOverLocked(long now)
    {
        if (now - _sweptAt < SweepInterval.Ticks) return;

        _sweptAt = now;
        foreach (var (userId, until) in _until)
        {
            if (until <= now) _until.Remove(userId);
        }
    }
}
