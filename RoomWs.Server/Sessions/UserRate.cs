using RoomWs.Server.Configuration;

namespace RoomWs.Server.Sessions;

/// <summary>What one user has left of its requests and bytes, and the turns of its queries, over all its connections, which hold this object. May be used from any thread.</summary>
internal sealed class UserRate(LimitOptions limits)
{
    /// <summary>How many seconds of requests a user can send at once after a rest.</summary>
    private const int BurstSeconds = 2;

    /// <summary>The same of bytes. Longer, because a few large messages in a row are nothing unusual.</summary>
    private const int BytesBurstSeconds = 16;

    private static readonly TimeSpan Second = TimeSpan.FromSeconds(1);

    private readonly Lock _gate = new();
    private long _requestsFullAt;
    private long _bytesFullAt;

    /// <summary>In which the user's queries run, of whatever connection.</summary>
    public QueryTurns Queries { get; } = new();

    private TokenBucket Requests => new(limits.UserRequestsPerSecond, Second, (long)BurstSeconds * limits.UserRequestsPerSecond);

    private TokenBucket Bytes => new(limits.UserBytesPerSecond, Second, (long)BytesBurstSeconds * limits.UserBytesPerSecond);

    /// <summary>Takes one request and its bytes, or nothing. Returns how long to wait for each; zero and zero if they were taken.</summary>
    /// <param name="now">The current time, in ticks of the clock.</param>
    /// <param name="bytes">The bytes of the message. 0 for a frame that is no message.</param>
    /// <param name="looksOnly">Whether to take nothing in any case.</param>
    public (TimeSpan Request, TimeSpan Bytes) TryTake(long now, int bytes, bool looksOnly = false)
    {
        lock (_gate)
        {
            var request = limits.UserRequestsPerSecond == 0 ? TimeSpan.Zero : Requests.Wait(_requestsFullAt, now);
            var size = limits.UserBytesPerSecond == 0 ? TimeSpan.Zero : Bytes.Wait(_bytesFullAt, now, bytes);
            if (!looksOnly && request == TimeSpan.Zero && size == TimeSpan.Zero) ChargeLocked(now, 1, bytes);
            return (request, size);
        }
    }

    /// <summary>Takes what a request has cost beyond its first token.</summary>
    public void Charge(long now, long requests, int bytes = 0)
    {
        lock (_gate) ChargeLocked(now, requests, bytes);
    }

    /// <summary>Puts a request back that was paid for in another way.</summary>
    public void GiveBackRequest()
    {
        if (limits.UserRequestsPerSecond == 0) return;
        lock (_gate) Requests.GiveBack(ref _requestsFullAt, 1);
    }

    /// <summary>Whether the user has all of its requests and bytes, so that nothing is lost when this is forgotten.</summary>
    public bool IsFull(long now)
    {
        lock (_gate) return _requestsFullAt <= now && _bytesFullAt <= now;
    }

    private void ChargeLocked(long now, long requests, int bytes)
    {
        if (limits.UserRequestsPerSecond > 0) Requests.Charge(ref _requestsFullAt, now, requests);
        if (limits.UserBytesPerSecond > 0) Bytes.Charge(ref _bytesFullAt, now, bytes);
    }
}
