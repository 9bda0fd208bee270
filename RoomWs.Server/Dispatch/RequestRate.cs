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

    private TokenBucketRateLimiter? _bucket;
    private long _refusedSince;
    private long _lastRefused;

    /// <summary>Takes one request from the allowance; the refusal where there is none left.</summary>
    /// <param name="abuse">Whether the refusals have gone on for so long that the connection is to be closed.</param>
    public ErrorReply? Refuse(out bool abuse)
    {
        abuse = false;
        if (limits.RequestsPerSecond == 0) return null;

        _bucket ??= new TokenBucketRateLimiter(new TokenBucketRateLimiterOptions
        {
            // One token at a time, so that the limiter's own hint for a retry is the time to the next token. No timer: each take
            // adds what has accrued since the last.
            TokenLimit = limits.RequestBurst,
            TokensPerPeriod = 1,
            ReplenishmentPeriod = TimeSpan.FromSeconds(1.0 / limits.RequestsPerSecond),
            AutoReplenishment = false,
            QueueLimit = 0,
        });
        _bucket.TryReplenish();
        using var lease = _bucket.AttemptAcquire();
        if (lease.IsAcquired) return null;

        abuse = IsAbuse();
        var retryAfter = lease.TryGetMetadata(MetadataName.RetryAfter, out var hint) ? hint : TimeSpan.FromSeconds(1);
        return new ErrorReply(
            ErrorCode.RateLimited,
            string.Create(CultureInfo.InvariantCulture, $"More than {limits.RequestsPerSecond} requests a second (RequestsPerSecond); slow down."),
            RetryAfterMs: Math.Max(1, (long)Math.Ceiling(retryAfter.TotalMilliseconds)));
    }

    private bool IsAbuse()
    {
        var now = time.GetTimestamp();
        if (_refusedSince == 0 || time.GetElapsedTime(_lastRefused, now) > Pause) _refusedSince = now;
        _lastRefused = now;
        return time.GetElapsedTime(_refusedSince, now) >= Patience;
    }
}
