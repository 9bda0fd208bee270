using System.Buffers;
using System.IO.Pipelines;
using System.Net.WebSockets;
using RoomWs.Protocol;

namespace RoomWs.Server.Transport;

/// <summary>
/// The stream that the framework's WebSocket needs. It reads from the connection's pipe. What the WebSocket writes by itself (pongs and closes)
/// goes to the outbox, because only the outbox sends.
/// </summary>
/// <param name="input">The bytes that come in.</param>
/// <param name="outbox">Where control frames go.</param>
/// <param name="time">The clock.</param>
/// <param name="counted">Told how many frames came that end no message.</param>
internal sealed class PipeStream(PipeReader input, Outbox outbox, TimeProvider time, Action<int> counted) : Stream
{
    /// <summary>That no message is under way which comes in pieces.</summary>
    public const long NoMessage = -1;

    private FrameScanner _frames;
    private long _begunAt = NoMessage;
    private int _begun;
    private long _heardAt;
    private bool _isWaiting;
    private bool _isOver;
    private TaskCompletionSource<bool>? _hearing;

    /// <summary>When bytes last came in, as a timestamp of the server's clock. 0 if none have. May be read from any thread.</summary>
    public long HeardAt => Volatile.Read(ref _heardAt);

    /// <summary>Whether the server waits for the client to send something. May be read from any thread.</summary>
    public bool IsWaiting => Volatile.Read(ref _isWaiting);

    /// <summary>When the message began that comes in pieces and has not ended, as a timestamp of the server's clock, or <see cref="NoMessage"/>. May be read from any thread.</summary>
    public long BegunAt => Volatile.Read(ref _begunAt);

    /// <summary>Ends with true when the next bytes come in, and with false when none will. One caller at a time, from any thread.</summary>
    public Task<bool> HearAsync()
    {
        var hearing = new TaskCompletionSource<bool>(TaskCreationOptions.RunContinuationsAsynchronously);
        Interlocked.Exchange(ref _hearing, hearing);
        // The end may have come before it could see the task source.
        if (Volatile.Read(ref _isOver)) hearing.TrySetResult(false);
        return hearing.Task;
    }

    public override bool CanRead => true;

    public override bool CanWrite => true;

    public override bool CanSeek => false;

    public override long Length => throw new NotSupportedException();

    public override long Position
    {
        get => throw new NotSupportedException();
        set => throw new NotSupportedException();
    }

    /// <summary>A read into an empty buffer ends when there is something to read, and takes nothing. So waiting needs no buffer.</summary>
    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        var reading = input.ReadAsync(cancellationToken);
        if (!reading.IsCompleted) Volatile.Write(ref _isWaiting, true);
        var result = await reading;
        // In this order, so that nobody sees a stream that waits and has not heard what it waited for.
        Volatile.Write(ref _heardAt, time.GetTimestamp());
        Volatile.Write(ref _isWaiting, false);
        if (!result.Buffer.IsEmpty) Interlocked.Exchange(ref _hearing, null)?.TrySetResult(true);
        if (result.IsCanceled) throw new OperationCanceledException("The WebSocket has given up on the client.");

        var available = result.Buffer;
        var length = (int)Math.Min(available.Length, buffer.Length);
        available.Slice(0, length).CopyTo(buffer.Span);
        // What came before a broken frame is heard. The frame itself never gets to the WebSocket.
        if (_frames.Fault != FrameFault.None) length = 0;
        else if (length > 0) length = _frames.Scan(buffer.Span[..length]);
        input.AdvanceTo(available.GetPosition(length));
        NoteMessage();
        if (_frames.TakeFrames() is > 0 and var frames) counted(frames);
        if (length == 0 && _frames.Fault != FrameFault.None) throw Broken(_frames.Fault);
        return length;
    }

    /// <summary>Notes when a message in pieces began, for as long as it has not ended.</summary>
    private void NoteMessage()
    {
        if (!_frames.IsInMessage) Volatile.Write(ref _begunAt, NoMessage);
        else if (_frames.MessagesInPieces != _begun) Volatile.Write(ref _begunAt, HeardAt);
        _begun = _frames.MessagesInPieces;
    }

    private WebSocketException Broken(FrameFault fault)
    {
        var (code, reason) = fault switch
        {
            FrameFault.EmptyPiece => (CloseCode.PolicyViolation, "a piece of a message is empty and not its last"),
            FrameFault.TooManyPieces => (CloseCode.PolicyViolation, "a message is in too many pieces"),
            _ => (CloseCode.ProtocolError, "a frame's length is not in its shortest form"),
        };
        outbox.Close(code, reason);
        return new WebSocketException(WebSocketError.HeaderError, reason);
    }

    /// <summary>Queues a control frame. The framework writes each frame in one call.</summary>
    public override ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default) =>
        new(outbox.SendControlAsync(buffer.Span));

    public override Task FlushAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public override Task<int> ReadAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
        ReadAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    public override Task WriteAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
        WriteAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    public override void Flush() => throw new NotSupportedException();

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    /// <summary>The WebSocket disposes the stream when it is done. This ends a pending read.</summary>
    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            input.CancelPendingRead();
            Volatile.Write(ref _isOver, true);
            Interlocked.Exchange(ref _hearing, null)?.TrySetResult(false);
        }

        base.Dispose(disposing);
    }
}
