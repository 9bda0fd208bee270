namespace RoomWs.Server.Sessions;

/// <summary>
/// The rule of an allowance that comes back evenly, one piece after the other. What is left of it is a single number, the moment at which it
/// will be whole again, so that who has taken nothing lately holds nothing, and the wait for the next piece is known exactly.
/// </summary>
internal static class TokenBucket
{
    /// <summary>Takes a piece. Zero where there was one; else nothing is taken, and it is how long it takes until there is one.</summary>
    /// <param name="wholeAt">When the allowance will be whole again, in ticks of the clock; 0 of one that is.</param>
    /// <param name="now">The present, in ticks of the clock.</param>
    /// <param name="pieces">How many come back in a period.</param>
    /// <param name="period">The period.</param>
    /// <param name="whole">How many there are after a rest.</param>
    public static TimeSpan Take(ref long wholeAt, long now, int pieces, TimeSpan period, int whole)
    {
        var perPiece = period.Ticks / pieces;
        var after = Math.Max(wholeAt, now) + perPiece;
        var missing = after - now - (whole * perPiece);
        if (missing > 0) return TimeSpan.FromTicks(missing);

        wholeAt = after;
        return TimeSpan.Zero;
    }
}
