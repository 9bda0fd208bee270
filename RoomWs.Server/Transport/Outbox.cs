using System.Buffers;
using System.Net.WebSockets;
using RoomWs.Protocol;

namespace RoomWs.Server.Transport;

/// <summary>
/// What waits to be sent on one connection, in order, bounded in bytes. Whoever finds it at rest starts its drain, which sends all
/// that waits in one go and ends when nothing does: a silent connection has no task and no buffer. May be used from any thread.
/// </summary>
/// <param name="socket">Where it goes.</param>
/// <param name="stream">The stream under the socket.</param>
/// <param name="limitBytes">What may wait; one message alone may be larger.</param>
/// <param name="closing">Told once, under the lock, when it is decided that the connection will be closed.</param>
internal sealed class Outbox(WebSocket socket, PipeStream stream, int limitBytes, Action<CloseCode, string> closing) : IThreadPoolWorkItem
{
    private const int FirstCapacity = 16;

    private readonly Lock _gate = new();
    private byte[][]? _frames;
    private int _count;
    private long _bytes;
    private List<byte[]>? _heldBack;
    private long _heldBackBytes;
    private bool _draining;
    private (CloseCode Code, string Reason)? _close;
    private TaskCompletionSource? _closed;
    private TaskCompletionSource? _room;

    /// <summary>Ends when the close frame is out, or the connection gone; at once where there was no close.</summary>
    public Task Closed => _closed?.Task ?? Task.CompletedTask;

    /// <summary>Queues a frame and sees that it is sent soon.</summary>
    public void Send(byte[] frame)
    {
        lock (_gate)
        {
            if (_heldBack is not null) HoldBack(frame);
            else Add(frame);
            // What is held back goes out with the release; only a close that it led to has to go now.
            if (_draining || (_count == 0 && _close is null)) return;
            _draining = true;
        }

        ThreadPool.UnsafeQueueUserWorkItem(this, preferLocal: false);
    }

    /// <summary>From here on, what is sent waits aside until <see cref="ReleaseEvents"/>, while what the read loop holds goes past it.</summary>
    public void HoldEvents()
    {
        lock (_gate) _heldBack = [];
    }

    public void ReleaseEvents()
    {
        lock (_gate)
        {
            foreach (var frame in _heldBack ?? []) Add(frame);
            (_heldBack, _heldBackBytes) = (null, 0);
        }

        Flush();
    }

    /// <summary>
    /// Queues a reply that the caller will have sent with <see cref="Flush"/> before it waits for anything. However large it is, it is
    /// what the client asked for; the caller waits for <see cref="RoomAsync"/> before it takes the next request.
    /// </summary>
    public void Hold(byte[] frame)
    {
        lock (_gate)
        {
            if (_close is null) Append(frame);
        }
    }

    /// <summary>Sends what waits, on this thread as far as the socket takes it.</summary>
    public void Flush()
    {
        lock (_gate)
        {
            // What was held back may have gone over the limit, and left a close in its place.
            if (_draining || (_count == 0 && _close is null)) return;
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
            if (_bytes <= limitBytes / 2 || _close is not null) return Task.CompletedTask;
            _room ??= new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            room = _room.Task;
        }

        Flush();
        return room;
    }

    /// <summary>Sends what waits, then the close frame, and nothing after that. The first close wins.</summary>
    public void Close(CloseCode code, string reason)
    {
        lock (_gate)
        {
            if (!DecideClose(code, reason) || _draining) return;
            _draining = true;
        }

        ThreadPool.UnsafeQueueUserWorkItem(this, preferLocal: false);
    }

    void IThreadPoolWorkItem.Execute() => _ = DrainAsync();

    private void Add(byte[] frame)
    {
        if (_close is not null) return;
        if (_bytes > 0 && _bytes + frame.Length > limitBytes)
        {
            CloseSlow();
            return;
        }

        Append(frame);
    }

    private void Append(byte[] frame)
    {
        _frames ??= ArrayPool<byte[]>.Shared.Rent(FirstCapacity);
        if (_count == _frames.Length)
        {
            var larger = ArrayPool<byte[]>.Shared.Rent(2 * _count);
            _frames.CopyTo(larger, 0);
            ArrayPool<byte[]>.Shared.Return(_frames, clearArray: true);
            _frames = larger;
        }

        _frames[_count++] = frame;
        _bytes += frame.Length;
    }

    private void HoldBack(byte[] frame)
    {
        if (_close is not null) return;
        _heldBack!.Add(frame);
        _heldBackBytes += frame.Length;
        if (_heldBackBytes > limitBytes) CloseSlow();
    }

    private void CloseSlow()
    {
        // Who reads this slowly has to start anew anyway; the queue goes now, so that no memory waits for the reader.
        DropQueue();
        (_heldBack, _heldBackBytes) = (null, 0);
        DecideClose(CloseCode.SlowConsumer, "reads too slowly for what it is sent");
    }

    private void DropQueue()
    {
        if (_frames is null) return;
        for (var i = 0; i < _count; i++) _bytes -= _frames[i].Length;
        ArrayPool<byte[]>.Shared.Return(_frames, clearArray: true);
        (_frames, _count) = (null, 0);
    }

    private bool DecideClose(CloseCode code, string reason)
    {
        if (_close is not null) return false;
        _close = (code, reason);
        _closed = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        GiveRoom();
        closing(code, reason);
        return true;
    }

    /// <summary>Runs once at a time: whoever set <see cref="_draining"/> under the lock calls it.</summary>
    private async Task DrainAsync()
    {
        try
        {
            while (Take(out var frames, out var count, out var close))
            {
                if (close is { } last)
                {
                    await socket.CloseOutputAsync((WebSocketCloseStatus)last.Code, last.Reason, CancellationToken.None);
                    _closed!.SetResult();
                    return;
                }

                await SendAsync(frames!, count);
            }
        }
        catch (Exception gone) when (gone is WebSocketException or IOException or ObjectDisposedException or OperationCanceledException or InvalidOperationException)
        {
            // The peer is gone, and this outbox stays at rest for good; the read loop finds out too, and it ends the connection.
            lock (_gate)
            {
                DropQueue();
                DecideClose(CloseCode.Normal, "");
            }

            _closed!.TrySetResult();
        }
    }

    private async ValueTask SendAsync(byte[][] frames, int count)
    {
        var sent = 0L;
        for (var i = 0; i < count; i++)
        {
            stream.Corked = i < count - 1;
            await socket.SendAsync(frames[i].AsMemory(), WebSocketMessageType.Text, WebSocketMessageFlags.EndOfMessage, CancellationToken.None);
            sent += frames[i].Length;
        }

        ArrayPool<byte[]>.Shared.Return(frames, clearArray: true);
        lock (_gate)
        {
            _bytes -= sent;
            if (_bytes <= limitBytes / 2) GiveRoom();
        }
    }

    private void GiveRoom()
    {
        _room?.TrySetResult();
        _room = null;
    }

    /// <summary>Takes all that waits, or else the close. False, and the outbox at rest, where there is neither.</summary>
    private bool Take(out byte[][]? frames, out int count, out (CloseCode Code, string Reason)? close)
    {
        lock (_gate)
        {
            (frames, count, close) = (_frames, _count, _count == 0 ? _close : null);
            (_frames, _count) = (null, 0);
            return _draining = count > 0 || close is not null;
        }
    }
}
