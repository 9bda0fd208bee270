namespace RoomWs.Server.Sessions;

/// <summary>
/// A token bucket whose tokens come back evenly. Its whole state is one number: the moment at which it will be full again. So a full bucket
/// needs no memory, and the wait for the next token is known exactly. Keeps no state of its own.
/// </summary>
internal static class TokenBucket
{
    /// <summary>Takes a token and returns zero. If there is none, takes nothing and returns the time until there is one.</summary>
    /// <param name="fullAt">When the bucket will be full again, in ticks of the clock. 0 for a full bucket.</param>
    /// <param name="now">The current time, in ticks of the clock.</param>
    /// <param name="tokens">The number of tokens that come back in a period.</param>
    /// <param name="period">The period.</param>
    /// <param name="capacity">The number of tokens in a full bucket.</param>
    public static TimeSpan Take(ref long fullAt, long now, int tokens, TimeSpan period, int capacity)
    {
        var perToken = period.Ticks / tokens;
        var after = Math.Max(fullAt, now) + perToken;
        var missing = after - now - (capacity * perToken);
        if (missing > 0) return TimeSpan.FromTicks(missing);

        fullAt = after;
        return TimeSpan.Zero;
    }
}
