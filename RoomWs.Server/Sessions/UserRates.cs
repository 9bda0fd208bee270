using RoomWs.Server.Configuration;

namespace RoomWs.Server.Sessions;

/// <summary>
/// The rates of the users. Each is found once for a connection, when it gets its user, and outlives it: whoever connects anew goes on with what it had
/// left. May be used from any thread.
/// </summary>
internal sealed class UserRates(LimitOptions limits, ConnectionRegistry connections, TimeProvider time)
{
    private static readonly TimeSpan SweepInterval = TimeSpan.FromMinutes(1);

    private readonly Lock _gate = new();
    private readonly Dictionary<string, UserRate> _rates = new(StringComparer.Ordinal);
    private long _sweptAt;

    /// <summary>The rate of a user, one of whose connections is in the registry by now.</summary>
    public UserRate Of(string userId)
    {
        lock (_gate)
        {
            SweepLocked(time.GetElapsedTime(0).Ticks);
            if (_rates.TryGetValue(userId, out var known)) return known;
            return _rates[userId] = new UserRate(limits);
        }
    }

    /// <summary>Forgets who has all it can have and no connection, so that users who are gone take no memory.</summary>
    private void SweepLocked(long now)
    {
        if (now - _sweptAt < SweepInterval.Ticks) return;

        _sweptAt = now;
        foreach (var (userId, rate) in _rates)
        {
            if (connections.Of(userId).IsEmpty && rate.IsFull(now)) _rates.Remove(userId);
        }
    }
}
