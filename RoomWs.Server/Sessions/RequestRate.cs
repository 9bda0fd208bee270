using RoomWs.Protocol.Connection;
using RoomWs.Server.Configuration;

namespace RoomWs.Server.Sessions;

/// <summary>
/// Limits the requests of one connection, by what they cost: each has one token, and what it costs beyond that is charged as a debt once it is known. Read
/// loop only, unless it says otherwise. RequestsPerSecond 0 switches all of this off, the user's limits included.
/// </summary>
internal sealed class RequestRate(LimitOptions limits, TimeProvider time)
{
    /// <summary>The ids or rooms that cost as much as a request.</summary>
    private const int IdsPerRequest = 50;

    /// <summary>The bytes of a reply that cost as much as a request.</summary>
    private const int ReplyBytesPerRequest = 16_384;

    /// <summary>The frames that cost as much as a request.</summary>
    private const int FramesPerRequest = 10;

    private static readonly TimeSpan Second = TimeSpan.FromSeconds(1);

    /// <summary>
    /// What a client can be refused before its connection is closed. Not a matter of pauses: a client that is refused 10 times a second for good does no
    /// harm, and one that floods is gone at once.
    /// </summary>
    private static readonly TokenBucket Refusals = new(Tokens: 10, Second, Capacity: 1_000);

    private int _frames;
    private int _replyBytes;
    private long _requestsFullAt;
    private long _cursorsFullAt;
    private long _refusalsFullAt;

    /// <summary>What replies of the writer have cost that is not charged yet.</summary>
    private long _owed;

    /// <summary>The rate of the connection's user. Null until there is an identity.</summary>
    public UserRate? User { get; set; }

    /// <summary>Whether so much was refused that the connection must be closed.</summary>
    public bool IsAbused { get; private set; }

    private TokenBucket Requests => new(limits.RequestsPerSecond, Second, limits.RequestBurst);

    private long Now => time.GetElapsedTime(0).Ticks;

    private bool IsOff => limits.RequestsPerSecond == 0;

    /// <summary>Takes a token for a message, of which nothing has been read yet.</summary>
    /// <param name="bytes">The bytes of its text.</param>
    public RateVerdict TryTake(int bytes)
    {
        if (IsOff) return default;

        _replyBytes = 0;
        return TryTake(Now, bytes);
    }

    /// <summary>Settles a message of which the type is known. Returns the refusal of one that was not allowed.</summary>
    /// <param name="asked">What <see cref="TryTake(int)"/> returned for it.</param>
    /// <param name="isConflated">
    /// Whether a newer request of this type replaces an older one. Such a request is paid with a cursor token, and only if there is none with that of a
    /// request. It is never refused, but without either it counts as a refusal.
    /// </param>
    public ErrorReply? Settle(RateVerdict asked, bool isConflated)
    {
        if (IsOff) return null;

        if (isConflated)
        {
            SettleConflated(asked);
            return null;
        }

        if (asked.IsAllowed) return null;
        NoteRefusal(asked.At);
        return asked.Refuse(limits);
    }

    /// <summary>Charges a request for the ids and rooms that it names.</summary>
    public void ChargeIds(int ids)
    {
        if (ids >= IdsPerRequest) Charge(ids / IdsPerRequest);
    }

    /// <summary>Charges the running request for a reply, or for a part of one.</summary>
    public void ChargeReply(int bytes)
    {
        _replyBytes += bytes;
        if (_replyBytes < ReplyBytesPerRequest) return;
        Charge(_replyBytes / ReplyBytesPerRequest);
        _replyBytes %= ReplyBytesPerRequest;
    }

    /// <summary>Charges a request for its reply, on the writer's thread.</summary>
    public void ChargeReplyOfWriter(int bytes)
    {
        var cost = bytes / ReplyBytesPerRequest;
        if (cost == 0 || IsOff) return;
        Interlocked.Add(ref _owed, cost);
        User?.Charge(Now, cost);
    }

    /// <summary>
    /// Counts frames that end no message: pings, pongs, pieces. They cost the server something, and no request shows them. None is refused, but those over
    /// the limit count as refusals.
    /// </summary>
    public void CountFrames(int frames)
    {
        if (IsOff) return;

        var now = Now;
        _frames += frames;
        for (; _frames >= FramesPerRequest; _frames -= FramesPerRequest)
        {
            if (!TryTake(now, bytes: 0).IsAllowed) NoteRefusal(now);
        }
    }

    private RateVerdict TryTake(long now, int bytes)
    {
        if (Volatile.Read(ref _owed) > 0) Requests.Charge(ref _requestsFullAt, now, Interlocked.Exchange(ref _owed, 0));

        var wait = Requests.Wait(_requestsFullAt, now);
        var (request, size) = User?.TryTake(now, bytes, looksOnly: wait > TimeSpan.Zero) ?? default;
        var verdict = new RateVerdict(now, bytes, wait, request, size);
        if (verdict.IsAllowed) Requests.Charge(ref _requestsFullAt, now, 1);
        return verdict;
    }

    private void SettleConflated(RateVerdict asked)
    {
        var cursors = new TokenBucket(limits.CursorsPerSecond, Second, limits.CursorsPerSecond);
        var isPaid = limits.CursorsPerSecond == 0 || cursors.Take(ref _cursorsFullAt, asked.At) == TimeSpan.Zero;
        if (asked.IsAllowed)
        {
            if (!isPaid) return;
            Requests.GiveBack(ref _requestsFullAt, 1);
            User?.GiveBackRequest();
            return;
        }

        // It is done all the same, so its bytes count.
        User?.Charge(asked.At, requests: 0, asked.Bytes);
        if (!isPaid || asked.UserBytes > TimeSpan.Zero) NoteRefusal(asked.At);
    }

    private void Charge(int requests)
    {
        if (IsOff) return;

        var now = Now;
        Requests.Charge(ref _requestsFullAt, now, requests);
        User?.Charge(now, requests);
    }

    private void NoteRefusal(long now) => IsAbused |= Refusals.Take(ref _refusalsFullAt, now) > TimeSpan.Zero;
}
