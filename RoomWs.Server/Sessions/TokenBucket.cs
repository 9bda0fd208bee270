namespace RoomWs.Server.Sessions;

/// <summary>
/// A token bucket whose tokens come back evenly. What is left in it is a single number, the moment at which it will be full again: a
/// bucket that nothing was taken from lately needs no memory, and the wait for the next token is known exactly.
/// </summary>
internal static class TokenBucket
{
    /// <summary>Takes a token. Zero where there was one; else nothing is taken, and it is how long it takes until there is one.</summary>
    /// <param name="fullAt">When the bucket will be full again, in ticks of the clock; 0 for one that is full.</param>
    /// <param name="now">The present, in ticks of the clock.</param>
    /// <param name="tokens">How many come back in a period.</param>
    /// <param name="period">The period.</param>
    /// <param name="capacity">How many a full bucket holds.</param>
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
