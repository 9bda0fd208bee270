using System.Globalization;
using RoomWs.Protocol;
using RoomWs.Protocol.Connection;
using RoomWs.Server.Configuration;

namespace RoomWs.Server.Sessions;

/// <summary>Limits the requests of one connection. Read loop only.</summary>
internal sealed class RequestRate(LimitOptions limits, TimeProvider time)
{
    /// <summary>How long refusals may go on without a pause before the connection is closed.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    /// <summary>How long there must be no refusal for it to count as a pause.</summary>
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(1);

    /// <summary>The light frames that cost as much as a request.</summary>
    private const int LightFramesPerRequest = 10;

    private int _lightFrames;
    private long _requestsFullAt;
    private long _cursorsFullAt;
    private TimeSpan? _refusedSince;
    private TimeSpan _lastRefused;

    /// <summary>Whether requests kept coming over the limit for so long that the connection must be closed.</summary>
    public bool IsAbused { get; private set; }

    /// <summary>Takes a token for one request. Returns the refusal if there is none left.</summary>
    /// <param name="isConflated">
    /// Whether a newer request of this type replaces an older one. Such a request takes a cursor token first, and a request token if there is none.
    /// It is never refused, but without either token it counts as over the limit.
    /// </param>
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

    /// <summary>Counts pings, pongs and small pieces of messages. None is refused, but those over the limit count as refusals.</summary>
    public void CountLightFrames(int frames)
    {
        var now = time.GetElapsedTime(0);
        _lightFrames += frames;
        for (; _lightFrames >= LightFramesPerRequest; _lightFrames -= LightFramesPerRequest)
        {
            if (Take(ref _requestsFullAt, limits.RequestsPerSecond, limits.RequestBurst, now) > TimeSpan.Zero) NoteRefusal(now);
        }
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
