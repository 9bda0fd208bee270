using System.Globalization;
using System.Threading.RateLimiting;
using RoomWs.Protocol;
using RoomWs.Protocol.Connection;
using RoomWs.Server.Configuration;

namespace RoomWs.Server.Dispatch;

/// <summary>How fast one connection may ask. For its read loop alone; a connection that never asks holds no limiter.</summary>
internal sealed class RequestRate(LimitOptions limits, TimeProvider time)
{
    /// <summary>So long may refusals go on without a pause before the connection is closed.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    /// <summary>So long without a refusal is a pause.</summary>
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(1);

    private TokenBucketRateLimiter? _requests;
    private TokenBucketRateLimiter? _cursors;
    private long _refusedSince;
    private long _lastRefused;

    /// <summary>Takes one request from the allowance; the refusal where there is none left.</summary>
    /// <param name="isConflated">Whether it is of a kind that is never refused, for what is too much of it is lost anyway.</param>
    /// <param name="abuse">Whether there was none left for so long that the connection is to be closed.</param>
    public ErrorReply? Refuse(bool isConflated, out bool abuse)
    {
        abuse = false;
        if (isConflated && Take(ref _cursors, limits.CursorsPerSecond, limits.CursorsPerSecond, out _)) return null;
        if (Take(ref _requests, limits.RequestsPerSecond, limits.RequestBurst, out var retryAfter)) return null;

        abuse = IsAbuse();
        return isConflated ? null : new ErrorReply(
            ErrorCode.RateLimited,
            string.Create(CultureInfo.InvariantCulture, $"More than {limits.RequestsPerSecond} requests a second (RequestsPerSecond); slow down."),
            RetryAfterMs: Math.Max(1, (long)Math.Ceiling(retryAfter.TotalMilliseconds)));
    }

    private static bool Take(ref TokenBucketRateLimiter? bucket, int perSecond, int burst, out TimeSpan retryAfter)
    {
        retryAfter = TimeSpan.Zero;
        if (perSecond == 0) return true;

        bucket ??= new TokenBucketRateLimiter(new TokenBucketRateLimiterOptions
        {
            // One token at a time, so that the limiter's own hint for a retry is the time to the next token. No timer: each take
            // adds what has accrued since the last.
            TokenLimit = burst,
            TokensPerPeriod = 1,
            ReplenishmentPeriod = TimeSpan.FromSeconds(1.0 / perSecond),
            AutoReplenishment = false,
            QueueLimit = 0,
        });
        bucket.TryReplenish();
        using var lease = bucket.AttemptAcquire();
        if (!lease.IsAcquired && !lease.TryGetMetadata(MetadataName.RetryAfter, out retryAfter)) retryAfter = TimeSpan.FromSeconds(1);
        return lease.IsAcquired;
    }

    private bool IsAbuse()
    {
        var now = time.GetTimestamp();
        if (_refusedSince == 0 || time.GetElapsedTime(_lastRefused, now) > Pause) _refusedSince = now;
        _lastRefused = now;
        return time.GetElapsedTime(_refusedSince, now) >= Patience;
    }
}
