using RoomWs.Protocol;
using RoomWs.Server.Wire;

namespace RoomWs.Server.Transport;

/// <summary>
/// The messages that wait to be sent on one connection, in order, bounded in bytes. The caller that queues a message while no drain runs
/// starts one. A drain sends all that waits in as few calls as possible, and ends when nothing waits. So a silent connection has no task and
/// no buffer. May be used from any thread.
/// </summary>
/// <param name="outlet">Where the bytes leave.</param>
/// <param name="limitBytes">Maximum bytes that may wait. A single message may be larger.</param>
/// <param name="closing">Called once, under the gate, when it is decided that the connection closes.</param>
internal sealed class Outbox(Outlet outlet, int limitBytes, Action<CloseCode, string> closing) : IThreadPoolWorkItem
{
    private const string TooSlow = "reads too slowly for what it is sent";
    private const string CannotBeMade = "a message could not be made";
    private static readonly byte[] CloseOfFault = FrameHeader.Close((ushort)CloseCode.InternalError, CannotBeMade);

    private readonly Lock _gate = new();
    private FrameQueue _queue;
    private FrameQueue _setAside;
    private bool _isPaused;
    private long _sendingBytes;
    private bool _draining;
    private TaskCompletionSource? _closed;
    private SpaceWaiter _space;

    private bool IsClosing => _closed is not null;

    /// <summary>The bytes that wait or are being sent. An estimate when it is read without the gate.</summary>
    public long WaitingBytes => _queue.Bytes + _sendingBytes;

    /// <summary>Ends when the close frame is sent or the connection is gone. Already ended if no close was decided.</summary>
    public Task Closed => _closed?.Task ?? Task.CompletedTask;

    /// <summary>Queues a frame, and starts a drain on the thread pool if none runs.</summary>
    public void Send(byte[] frame)
    {
        if (Queue(Waiting.Of(frame), isOwnDoing: false)) ThreadPool.UnsafeQueueUserWorkItem(this, preferLocal: false);
    }

    /// <summary>Sends a frame about the connection itself. It goes past a pause, and never makes the client count as a slow reader.</summary>
    public void SendPastPause(byte[] frame)
    {
        if (Queue(Waiting.Of(frame), isOwnDoing: true, isPastPause: true)) ThreadPool.UnsafeQueueUserWorkItem(this, preferLocal: false);
    }

    /// <summary>Queues a frame that goes out with the batch.</summary>
    /// <param name="frame">The frame.</param>
    /// <param name="batch">The batch.</param>
    /// <param name="isOwnDoing">Whether the client asked for the frame. Then the frame does not make the client count as a slow reader.</param>
    public void Send(OutboundFrame frame, SendBatch batch, bool isOwnDoing)
    {
        if (Queue(Waiting.Of(frame), isOwnDoing)) batch.Add(this);
    }

    /// <summary>Queues an event that goes out with the batch.</summary>
    /// <param name="message">The event.</param>
    /// <param name="coalesceKey">The event replaces an older one with the same key that still waits. Null for none.</param>
    /// <param name="batch">The batch.</param>
    public void Send(DeferredFrame message, object? coalesceKey, SendBatch batch)
    {
        var waiting = coalesceKey is null ? Waiting.Of(message.Event) : new Waiting(default, message, coalesceKey, message.EventBytes);
        if (Queue(waiting, isOwnDoing: false)) batch.Add(this);
    }

    /// <summary>Sends what waits. Only for the caller that this outbox told to start the drain, such as the send batch.</summary>
    public void Drain() => _ = DrainAsync();

    /// <summary>Queues a message. True if no drain was running; then the caller must start it.</summary>
    private bool Queue(Waiting message, bool isOwnDoing, bool isPastPause = false)
    {
        lock (_gate)
        {
            if (_isPaused && !isPastPause) SetAsideLocked(message);
            else AddLocked(message, isOwnDoing);
            // A message that was set aside goes out after the pause. But if it led to a close, the close frame must go now.
            return StartsLocked();
        }
    }

    /// <summary>True if something waits and no drain runs. Then the caller must start it.</summary>
    private bool StartsLocked() => !_draining && _queue.Count > 0 && (_draining = true);

    /// <summary>Holds back what others send until <see cref="ResumeEvents"/>. What the read loop appends goes past the pause.</summary>
    public void PauseEvents()
    {
        lock (_gate) _isPaused = true;
    }

    public void ResumeEvents()
    {
        lock (_gate)
        {
            _isPaused = false;
            var (messages, count) = _setAside.TakeAll();
            for (var i = 0; i < count; i++)
            {
                if (!messages[i].IsEmpty) AddLocked(messages[i], isOwnDoing: false);
            }

            if (count > 0) FrameQueue.GiveBack(messages);
        }

        Flush();
    }

    /// <summary>Queues a frame. The caller must call <see cref="Flush"/> before it waits for anything.</summary>
    public void Append(OutboundFrame frame)
    {
        lock (_gate) AddLocked(Waiting.Of(frame), isOwnDoing: true);
    }

    /// <summary>Sends what waits, on this thread as far as the socket has space. Does nothing if a drain runs.</summary>
    public void Flush()
    {
        bool starts;
        lock (_gate) starts = StartsLocked();
        if (starts) Drain();
    }

    /// <summary>
    /// Ends when at most half of the limit waits, or the connection is closing. A client that asks faster than it reads is not closed for its
    /// replies; the server just stops reading from it. Events from others still count against the limit meanwhile.
    /// </summary>
    /// <param name="isBehind">Whether nothing may wait any more, rather than half of the limit.</param>
    public Task RoomAsync(bool isBehind = false)
    {
        Task space;
        lock (_gate)
        {
            var upTo = isBehind ? 0 : limitBytes / 2;
            if (WaitingBytes <= upTo || IsClosing) return Task.CompletedTask;
            space = _space.WaitAsync(upTo);
        }

        Flush();
        return space;
    }

    /// <summary>Queues a pong or a close of the framework's WebSocket. Ends when there is space for more, so that a client that only pings is not read on.</summary>
    public Task SendControlAsync(ReadOnlySpan<byte> frame)
    {
        lock (_gate)
        {
            if (FrameHeader.IsClose(frame)) DecideCloseLocked((CloseCode)FrameHeader.CloseCodeOf(frame), "broken frame", frame.ToArray());
            else AddLocked(Waiting.Of(frame.ToArray()), isOwnDoing: true);
        }

        Flush();
        return RoomAsync();
    }

    /// <summary>Sends what waits, then the close frame, and nothing after it. Only the first close counts.</summary>
    public void Close(CloseCode code, string reason)
    {
        lock (_gate)
        {
            if (IsClosing) return;
            DecideCloseLocked(code, reason, FrameHeader.Close((ushort)code, reason));
            if (!StartsLocked()) return;
        }

        ThreadPool.UnsafeQueueUserWorkItem(this, preferLocal: false);
    }

    /// <summary>Closes the connection of a client that reads too slowly, and drops what waits for it.</summary>
    public void CloseSlow(string reason = TooSlow)
    {
        lock (_gate) CloseSlowLocked(reason);
        Flush();
    }

    void IThreadPoolWorkItem.Execute() => Drain();

    private void AddLocked(Waiting message, bool isOwnDoing)
    {
        if (IsClosing) return;
        if (!isOwnDoing && WaitingBytes > 0 && WaitingBytes + message.Bytes > limitBytes) CloseSlowLocked();
        else _queue.Add(message);
    }

    private void SetAsideLocked(Waiting message)
    {
        if (!IsClosing) _setAside.Add(message);
        if (_setAside.Bytes > limitBytes) CloseSlowLocked();
    }

    private void CloseSlowLocked(string reason = TooSlow)
    {
        if (IsClosing) return;
        // A client that reads this slowly must reconnect anyway. Drop the queue now, so that it takes no memory until the connection is gone.
        _queue.Drop();
        _setAside.Drop();
        DecideCloseLocked(CloseCode.SlowConsumer, reason, FrameHeader.Close((ushort)CloseCode.SlowConsumer, reason));
    }

    /// <summary>Queues the close frame, after which nothing is queued any more. No frame if the peer is gone.</summary>
    private void DecideCloseLocked(CloseCode code, string reason, byte[]? frame)
    {
        if (IsClosing) return;
        if (frame is not null) _queue.Add(Waiting.Of(frame));
        _closed = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        _space.Release();
        closing(code, reason);
    }

    /// <summary>Only one drain runs at a time: it is called by the thread that set <see cref="_draining"/> under the gate.</summary>
    private async Task DrainAsync()
    {
        try
        {
            while (Take(out var messages, out var count))
            {
                await outlet.SendAsync(messages.AsMemory(0, count));
                FrameQueue.GiveBack(messages);
            }
        }
        catch (Exception cause)
        {
            // The peer is gone, and the read loop ends the connection by itself: leave _draining set, so that no drain starts again. Or a message could not be
            // made: then nothing is half sent, and the close still goes out.
            var isGone = cause is IOException or ObjectDisposedException or OperationCanceledException;
            lock (_gate)
            {
                _queue.Drop();
                _setAside.Drop();
                DecideCloseLocked(isGone ? CloseCode.Normal : CloseCode.InternalError, isGone ? "" : CannotBeMade, isGone ? null : CloseOfFault);
            }

            if (isGone) _closed!.TrySetResult();
            else await DrainAsync();
        }
    }

    /// <summary>Takes all that waits, once what was taken before is sent. If nothing waits, returns false and ends the drain.</summary>
    private bool Take(out Waiting[] messages, out int count)
    {
        lock (_gate)
        {
            _sendingBytes = _queue.Bytes;
            (messages, count) = _queue.TakeAll();
            _space.Look(WaitingBytes);
            if (count == 0) _closed?.TrySetResult();
            return _draining = count > 0;
        }
    }
}
