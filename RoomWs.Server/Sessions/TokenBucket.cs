using System.Runtime.InteropServices;

namespace RoomWs.Server.Sessions;

/// <summary>
/// A token bucket whose tokens come back evenly. Its whole state is one number: the moment at which it will be full again. So a full bucket
/// needs no memory, and the wait for the next tokens is known exactly. Keeps no state of its own.
/// </summary>
/// <param name="Tokens">The number of tokens that come back in a period.</param>
/// <param name="Period">The period.</param>
/// <param name="Capacity">The number of tokens in a full bucket.</param>
[StructLayout(LayoutKind.Auto)]
internal readonly record struct TokenBucket(int Tokens, TimeSpan Period, long Capacity)
{
    /// <summary>One that holds what comes back in a minute.</summary>
    public static TokenBucket OfMinute(int tokens) => new(tokens, TimeSpan.FromMinutes(1), tokens);

    /// <summary>Takes tokens and returns zero. If there are not enough, takes nothing and returns the time until there are.</summary>
    /// <param name="fullAt">When the bucket will be full again, in ticks of the clock. 0 for a full bucket.</param>
    /// <param name="now">The current time, in ticks of the clock.</param>
    /// <param name="count">The number of tokens. A full bucket gives more than it holds, and is in debt then.</param>
    public TimeSpan Take(ref long fullAt, long now, long count = 1)
    {
        var wait = Wait(fullAt, now, count);
        if (wait == TimeSpan.Zero) Charge(ref fullAt, now, count);
        return wait;
    }

    /// <summary>The time until the tokens can be taken. Zero if they can be taken now.</summary>
    public TimeSpan Wait(long fullAt, long now, long count = 1)
    {
        var capacity = TicksOf(Capacity);
        var missing = Math.Max(fullAt, now) - now + Math.Min(TicksOf(count), capacity) - capacity;
        return missing > 0 ? TimeSpan.FromTicks(missing) : TimeSpan.Zero;
    }

    /// <summary>Takes tokens whether they are there or not: what is done already has to be paid, if need be as a debt.</summary>
    public void Charge(ref long fullAt, long now, long count) => fullAt = Math.Max(fullAt, now) + TicksOf(count);

    /// <summary>Puts tokens back that were taken for nothing.</summary>
    public void GiveBack(ref long fullAt, long count) => fullAt -= TicksOf(count);

    private long TicksOf(long count) => count * Period.Ticks / Tokens;
}
