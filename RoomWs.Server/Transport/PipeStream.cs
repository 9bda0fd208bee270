using System.Buffers;
using System.IO.Pipelines;

namespace RoomWs.Server.Transport;

/// <summary>
/// The stream that the framework's WebSocket needs. It reads from the connection's pipe. What the WebSocket writes by itself (pings, pongs and
/// closes) goes to the outbox, because only the outbox sends.
/// </summary>
internal sealed class PipeStream(PipeReader input, Outbox outbox) : Stream
{
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
        var result = await input.ReadAsync(cancellationToken);
        if (result.IsCanceled) throw new OperationCanceledException("The WebSocket has given up on the client.");

        var available = result.Buffer;
        var length = (int)Math.Min(available.Length, buffer.Length);
        available.Slice(0, length).CopyTo(buffer.Span);
        input.AdvanceTo(available.GetPosition(length));
        return length;
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

    /// <summary>The WebSocket disposes the stream when it is done or when its pings are not answered. This ends a pending read.</summary>
    protected override void Dispose(bool disposing)
    {
        if (disposing) input.CancelPendingRead();
        base.Dispose(disposing);
    }
}
