using System.Globalization;
using RoomWs.Protocol;
using RoomWs.Protocol.Connection;
using RoomWs.Server.Configuration;

namespace RoomWs.Server.Sessions;

/// <summary>How fast one connection may ask. For its read loop alone.</summary>
internal sealed class RequestRate(LimitOptions limits, TimeProvider time)
{
    /// <summary>So long may refusals go on without a pause before the connection is closed.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    /// <summary>So long without a refusal is a pause.</summary>
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(1);

    private long _requestsWholeAt;
    private long _cursorsWholeAt;
    private TimeSpan? _refusedSince;
    private TimeSpan _lastRefused;

    /// <summary>Takes one request from the allowance; the refusal where there is none left.</summary>
    /// <param name="isConflated">Whether it is of a kind that is never refused, for what is too much of it is lost anyway.</param>
    /// <param name="abuse">Whether there was none left for so long that the connection is to be closed.</param>
    public ErrorReply? Refuse(bool isConflated, out bool abuse)
    {
        abuse = false;
        var now = time.GetElapsedTime(0);
        if (isConflated && Take(ref _cursorsWholeAt, limits.CursorsPerSecond, limits.CursorsPerSecond, now) == TimeSpan.Zero) return null;

        var retryAfter = Take(ref _requestsWholeAt, limits.RequestsPerSecond, limits.RequestBurst, now);
        if (retryAfter == TimeSpan.Zero) return null;

        abuse = IsAbuse(now);
        return isConflated ? null : new ErrorReply(
            ErrorCode.RateLimited,
            string.Create(CultureInfo.InvariantCulture, $"More than {limits.RequestsPerSecond} requests a second (RequestsPerSecond); slow down."),
            RetryAfterMs: (long)Math.Ceiling(retryAfter.TotalMilliseconds));
    }

    private static TimeSpan Take(ref long wholeAt, int perSecond, int burst, TimeSpan now) =>
        perSecond == 0 ? TimeSpan.Zero : TokenBucket.Take(ref wholeAt, now.Ticks, perSecond, TimeSpan.FromSeconds(1), burst);

    private bool IsAbuse(TimeSpan now)
    {
        if (_refusedSince is null || now - _lastRefused > Pause) _refusedSince = now;
        _lastRefused = now;
        return now - _refusedSince >= Patience;
    }
}
