using RoomWs.Protocol;
using RoomWs.Server.Wire;

namespace RoomWs.Server.Transport;

/// <summary>
/// What waits to be sent on one connection, in order, bounded in bytes. Whoever finds it at rest starts its drain, which sends all
/// that waits in one go and ends when nothing does: a silent connection has no task and no buffer. May be used from any thread.
/// </summary>
/// <param name="outlet">Where it goes.</param>
/// <param name="limitBytes">What may wait; one message alone may be larger.</param>
/// <param name="closing">Told once, under the lock, when it is decided that the connection will be closed.</param>
internal sealed class Outbox(Outlet outlet, int limitBytes, Action<CloseCode, string> closing) : IThreadPoolWorkItem
{
    private readonly Lock _gate = new();
    private FrameQueue _queue;
    private FrameQueue _setAside;
    private bool _isPaused;
    private long _sendingBytes;
    private bool _draining;
    private TaskCompletionSource? _closed;
    private TaskCompletionSource? _room;

    private bool IsClosing => _closed is not null;

    /// <summary>An estimate where the lock is not held.</summary>
    public long WaitingBytes => _queue.Bytes + _sendingBytes;

    /// <summary>Ends when the close frame is out, or the connection gone; at once where there was no close.</summary>
    public Task Closed => _closed?.Task ?? Task.CompletedTask;

    /// <summary>Queues a frame and sees that it is sent soon.</summary>
    public void Send(byte[] frame)
    {
        if (Queue(Made(frame), isOwnDoing: false)) ThreadPool.UnsafeQueueUserWorkItem(this, preferLocal: false);
    }

    /// <summary>Sends a word about the connection itself: it goes past a pause, and is no reason to count the client as slow.</summary>
    public void SendPastPause(byte[] frame)
    {
        if (Queue(Made(frame), isOwnDoing: true, isPastPause: true)) ThreadPool.UnsafeQueueUserWorkItem(this, preferLocal: false);
    }

    /// <summary>Queues a frame that goes out with the batch.</summary>
    /// <param name="frame">The frame.</param>
    /// <param name="batch">The batch.</param>
    /// <param name="isOwnDoing">Whether the client has asked for it: then it does not count as a slow reader for it.</param>
    public void Send(byte[] frame, SendBatch batch, bool isOwnDoing)
    {
        if (Queue(Made(frame), isOwnDoing)) batch.Add(this);
    }

    /// <summary>Queues an event that goes out with the batch.</summary>
    /// <param name="message">The event.</param>
    /// <param name="coalesceKey">An older event of the same key that still waits is taken out for it; null for none.</param>
    /// <param name="batch">The batch.</param>
    public void Send(DeferredFrame message, object? coalesceKey, SendBatch batch)
    {
        var waiting = coalesceKey is null ? Made(message.Event) : new Waiting(null, message, coalesceKey, message.EventBytes);
        if (Queue(waiting, isOwnDoing: false)) batch.Add(this);
    }

    /// <summary>Sends what waits. For the batch, which has been given this outbox to drain.</summary>
    public void Drain() => _ = DrainAsync();

    /// <summary>True where the outbox was at rest; then the caller has to see to its drain.</summary>
    private bool Queue(Waiting message, bool isOwnDoing, bool isPastPause = false)
    {
        lock (_gate)
        {
            if (_isPaused && !isPastPause) SetAside(message);
            else Add(message, isOwnDoing);
            // What is set aside goes out at the end of the pause; only a close that it led to has to go now.
            if (_draining || _queue.Count == 0) return false;
            return _draining = true;
        }
    }

    /// <summary>From here on, what others send is set aside until <see cref="ResumeEvents"/>; what the read loop appends goes past it.</summary>
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
                if (!messages[i].IsEmpty) Add(messages[i], isOwnDoing: false);
            }

            if (count > 0) FrameQueue.GiveBack(messages);
        }

        Flush();
    }

    /// <summary>Queues a frame that the caller sends with <see cref="Flush"/> before it waits for anything.</summary>
    public void Append(byte[] frame)
    {
        lock (_gate) Add(Made(frame), isOwnDoing: true);
    }

    /// <summary>Sends what waits, on this thread as far as the socket takes it.</summary>
    public void Flush()
    {
        lock (_gate)
        {
            if (_draining || _queue.Count == 0) return;
            _draining = true;
        }

        _ = DrainAsync();
    }

    /// <summary>
    /// Ends when at most half of what may wait does. Replies are the client's own doing, so whoever asks faster than it reads is not
    /// closed for them but heard no further; what others send it counts against it all the same.
    /// </summary>
    public Task RoomAsync()
    {
        Task room;
        lock (_gate)
        {
            if (WaitingBytes <= limitBytes / 2 || IsClosing) return Task.CompletedTask;
            _room ??= new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            room = _room.Task;
        }

        Flush();
        return room;
    }

    /// <summary>
    /// Queues what the framework answers by itself, a pong or a close. Ends when there is room for more, so that a client that pings and
    /// does not read is heard no further.
    /// </summary>
    public Task SendControlAsync(ReadOnlySpan<byte> frame)
    {
        lock (_gate)
        {
            if (FrameHeader.IsClose(frame)) DecideClose((CloseCode)FrameHeader.CloseCodeOf(frame), "broken frame", frame.ToArray());
            else Add(Made(frame.ToArray()), isOwnDoing: true);
        }

        Flush();
        return RoomAsync();
    }

    /// <summary>Sends what waits, then the close frame, and nothing after that. The first close wins.</summary>
    public void Close(CloseCode code, string reason)
    {
        lock (_gate)
        {
            if (IsClosing) return;
            DecideClose(code, reason, FrameHeader.Close((ushort)code, reason));
            if (_draining) return;
            _draining = true;
        }

        ThreadPool.UnsafeQueueUserWorkItem(this, preferLocal: false);
    }

    void IThreadPoolWorkItem.Execute() => Drain();

    private static Waiting Made(byte[] frame) => new(frame, null, null, frame.Length);

    private void Add(Waiting message, bool isOwnDoing)
    {
        if (IsClosing) return;
        if (!isOwnDoing && WaitingBytes > 0 && WaitingBytes + message.Bytes > limitBytes) CloseSlow();
        else _queue.Add(message);
    }

    private void SetAside(Waiting message)
    {
        if (IsClosing) return;
        _setAside.Add(message);
        if (_setAside.Bytes > limitBytes) CloseSlow();
    }

    private void CloseSlow()
    {
        // Who reads this slowly has to start anew anyway; the queue goes now, so that no memory waits for the reader.
        const string reason = "reads too slowly for what it is sent";
        _queue.Drop();
        _setAside.Drop();
        DecideClose(CloseCode.SlowConsumer, reason, FrameHeader.Close((ushort)CloseCode.SlowConsumer, reason));
    }

    /// <summary>The close frame is the last that is ever queued.</summary>
    private void DecideClose(CloseCode code, string reason, byte[]? frame)
    {
        if (IsClosing) return;
        if (frame is not null) _queue.Add(Made(frame));
        _closed = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        GiveRoom();
        closing(code, reason);
    }

    /// <summary>Runs once at a time: whoever set <see cref="_draining"/> under the lock calls it.</summary>
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
        catch (Exception gone) when (gone is IOException or ObjectDisposedException or OperationCanceledException or InvalidOperationException)
        {
            // The peer is gone, and this outbox stays at rest for good; the read loop finds out too, and it ends the connection.
            lock (_gate)
            {
                _queue.Drop();
                _setAside.Drop();
                DecideClose(CloseCode.Normal, "", frame: null);
            }

            _closed!.TrySetResult();
        }
    }

    private void GiveRoom()
    {
        _room?.TrySetResult();
        _room = null;
    }

    /// <summary>Takes all that waits, after what was taken before has been sent. False, and the outbox at rest, where there is nothing.</summary>
    private bool Take(out Waiting[] messages, out int count)
    {
        lock (_gate)
        {
            _sendingBytes = _queue.Bytes;
            (messages, count) = _queue.TakeAll();
            if (WaitingBytes <= limitBytes / 2) GiveRoom();
            if (count == 0) _closed?.TrySetResult();
            return _draining = count > 0;
        }
    }
}
