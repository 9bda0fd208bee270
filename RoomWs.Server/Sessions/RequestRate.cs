using System.Globalization;
using RoomWs.Protocol;
using RoomWs.Protocol.Connection;
using RoomWs.Server.Configuration;

namespace RoomWs.Server.Sessions;

/// <summary>How fast one connection may ask. For its read loop alone.</summary>
internal sealed class RequestRate(LimitOptions limits, TimeProvider time)
{
    /// <summary>Time for which refusals may go on without a pause before the connection is closed.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    /// <summary>Time without a refusal that counts as a pause.</summary>
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(1);

    private long _requestsFullAt;
    private long _cursorsFullAt;
    private TimeSpan? _refusedSince;
    private TimeSpan _lastRefused;

    /// <summary>Whether there was no token left for so long that the connection is to be closed.</summary>
    public bool IsAbused { get; private set; }

    /// <summary>Takes the token for one request; the refusal where there is none left.</summary>
    /// <param name="isConflated">Whether the request is of a kind that is never refused, for what is too much of it is lost anyway.</param>
    public ErrorReply? TryTake(bool isConflated)
    {
        var now = time.GetElapsedTime(0);
        if (isConflated && Take(ref _cursorsFullAt, limits.CursorsPerSecond, limits.CursorsPerSecond, now) == TimeSpan.Zero) return null;

        var retryAfter = Take(ref _requestsFullAt, limits.RequestsPerSecond, limits.RequestBurst, now);
        if (retryAfter == TimeSpan.Zero) return null;

        NoteRefusal(now);
        return isConflated ? null : new ErrorReply(
            ErrorCode.RateLimited,
            string.Create(CultureInfo.InvariantCulture, $"More than {limits.RequestsPerSecond} requests a second (RequestsPerSecond); slow down."),
            RetryAfterMs: (long)Math.Ceiling(retryAfter.TotalMilliseconds));
    }

    private static TimeSpan Take(ref long fullAt, int perSecond, int burst, TimeSpan now) =>
        perSecond == 0 ? TimeSpan.Zero : TokenBucket.Take(ref fullAt, now.Ticks, perSecond, TimeSpan.FromSeconds(1), burst);

    private void NoteRefusal(TimeSpan now)
    {
        if (_refusedSince is null || now - _lastRefused > Pause) _refusedSince = now;
        _lastRefused = now;
        IsAbused = now - _refusedSince >= Patience;
    }
}
