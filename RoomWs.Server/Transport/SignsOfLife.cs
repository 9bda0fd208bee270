using RoomWs.Server.Wire;

namespace RoomWs.Server.Transport;

/// <summary>What a look at a connection found.</summary>
internal enum LifeSign
{
    Lives,

    /// <summary>Nothing came from the client for so long that it has to be pinged.</summary>
    Quiet,

    /// <summary>The ping was not answered in time.</summary>
    Silent,

    /// <summary>Something waits for the client, and it has taken nothing of it for too long.</summary>
    Stuck,

    /// <summary>A message in pieces began long ago and has not ended, although the server waits for the rest of it.</summary>
    Unfinished,
}

/// <summary>
/// Judges whether the client of a connection lives. What it sends is a sign of life, and so is what it reads: a ping that waits behind its own
/// replies is not unanswered. The framework's own pings know nothing of that, nor do they end a wait for space in the outbox. One thread looks;
/// others may ask.
/// </summary>
/// <param name="input">Where bytes come in.</param>
/// <param name="outbox">What waits for the client.</param>
/// <param name="outlet">Where bytes leave.</param>
/// <param name="time">The clock.</param>
internal sealed class SignsOfLife(PipeStream input, Outbox outbox, Outlet outlet, TimeProvider time)
{
    /// <summary>Maximum time between the first and the last piece of a message.</summary>
    public static readonly TimeSpan MaxMessageTime = TimeSpan.FromSeconds(10);

    private readonly long _cameAt = time.GetTimestamp();
    private long _aliveAt = time.GetTimestamp();
    private long _pingedAt = long.MinValue;
    private long _takenAt = time.GetTimestamp();
    private long _taken;
    private long _emptyAt = time.GetTimestamp();
    private long _relieved;
    private KernelQueue _kernel;
    private long _confirmed;

    /// <summary>Looks. The caller sends the ping, or ends the connection.</summary>
    /// <param name="ping">The silence after which a client is pinged.</param>
    /// <param name="dead">The time that a client has to answer, or to take something of what waits for it.</param>
    public LifeSign Look(TimeSpan ping, TimeSpan dead)
    {
        var now = time.GetTimestamp();
        if (outbox.WaitingBytes == 0) _emptyAt = now;
        if (outbox.WaitingBytes == 0 || outlet.Taken != _taken) (_taken, _takenAt) = (outlet.Taken, now);
        else if (HasConfirmed()) _takenAt = now;
        else if (time.GetElapsedTime(_takenAt, now) >= dead) return LifeSign.Stuck;

        // Where the server does not read, be it that the client takes no pongs, the rest may have come long ago.
        if (input.IsWaiting && input.BegunAt is not PipeStream.NoMessage and var begunAt && time.GetElapsedTime(begunAt, now) >= MaxMessageTime) return LifeSign.Unfinished;

        _aliveAt = Math.Max(_aliveAt, input.HeardAt);
        // While the server does not read, a client cannot be heard: it may have answered long ago.
        if (!input.IsWaiting || HasRead()) _aliveAt = now;

        if (time.GetElapsedTime(_aliveAt, now) < ping)
        {
            _kernel = default;
            return LifeSign.Lives;
        }

        if (HasReadFromKernel(now)) return LifeSign.Lives;
        if (_pingedAt > _aliveAt) return time.GetElapsedTime(_pingedAt, now) >= dead ? LifeSign.Silent : LifeSign.Lives;
        _pingedAt = now;
        return LifeSign.Quiet;
    }

    /// <summary>How long something has waited for the client at every look.</summary>
    public TimeSpan BehindFor => time.GetElapsedTime(_emptyAt);

    /// <summary>When the client was last heard, or came, as a timestamp of the server's clock. May be read from any thread.</summary>
    public long HeardAt => Math.Max(_cameAt, input.HeardAt);

    /// <summary>
    /// Pings the client, and tells whether it gives a sign of life. False at once when the connection ends. One caller at a time, from any
    /// thread.
    /// </summary>
    /// <param name="within">The time that the client has.</param>
    public async Task<bool> AnswersAsync(TimeSpan within)
    {
        var (relieved, kernel) = (outlet.Relieved, outlet.Queue);
        var hearing = input.HearAsync();
        outbox.SendPastPause(FrameHeader.Ping);
        try
        {
            return await hearing.WaitAsync(within, time);
        }
        catch (TimeoutException)
        {
            // While a request is under way nothing more is read, and the answer may be there. Where the client has to read first, that is its sign.
            var isUnread = !input.IsWaiting && outbox.WaitingBytes == 0;
            return isUnread || outlet.Relieved != relieved || (kernel.IsFull && outlet.Queue.Confirmed != kernel.Confirmed);
        }
    }

    /// <summary>
    /// Whether the client's machine has taken something since the last look at which the kernel took nothing. The kernel may hold megabytes, and
    /// says that it has space only when much of that is gone.
    /// </summary>
    private bool HasConfirmed()
    {
        var before = _confirmed;
        _confirmed = outlet.Queue.Confirmed;
        return _confirmed != before;
    }

    private bool HasRead()
    {
        var before = _relieved;
        _relieved = outlet.Relieved;
        return _relieved != before;
    }

    /// <summary>Whether the client has read since the last look, so that the kernel could send on what it had no window for.</summary>
    private bool HasReadFromKernel(long now)
    {
        var before = _kernel;
        _kernel = outlet.Queue;
        if (!before.IsFull || _kernel.Confirmed == before.Confirmed) return false;
        _aliveAt = now;
        return true;
    }
}
