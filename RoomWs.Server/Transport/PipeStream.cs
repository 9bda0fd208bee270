using System.Buffers;
using System.IO.Pipelines;

namespace RoomWs.Server.Transport;

/// <summary>
/// A connection's two pipes as the stream that the framework's WebSocket wants. While corked, writes only fill the pipe: the outbox
/// sends many frames and has the last one flush them all, in one call to the socket.
/// </summary>
internal sealed class PipeStream(IDuplexPipe pipe) : Stream
{
    public bool Corked { get; set; }

    public override bool CanRead => true;

    public override bool CanWrite => true;

    public override bool CanSeek => false;

    public override long Length => throw new NotSupportedException();

    public override long Position
    {
        get => throw new NotSupportedException();
        set => throw new NotSupportedException();
    }

    /// <summary>A read into an empty buffer ends when there is something to read, and takes nothing: waiting costs no buffer.</summary>
    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        var result = await pipe.Input.ReadAsync(cancellationToken);
        var available = result.Buffer;
        var length = (int)Math.Min(available.Length, buffer.Length);
        available.Slice(0, length).CopyTo(buffer.Span);
        pipe.Input.AdvanceTo(available.GetPosition(length));
        return length;
    }

    public override ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
    {
        pipe.Output.Write(buffer.Span);
        return ValueTask.CompletedTask;
    }

    public override Task FlushAsync(CancellationToken cancellationToken)
    {
        if (Corked) return Task.CompletedTask;
        var flush = pipe.Output.FlushAsync(cancellationToken);
        if (!flush.IsCompletedSuccessfully) return Flushed(flush);
        ThrowIfGone(flush.Result);
        return Task.CompletedTask;
    }

    public override Task<int> ReadAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
        ReadAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    public override Task WriteAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
        WriteAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    public override void Flush() => throw new NotSupportedException();

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    private static async Task Flushed(ValueTask<FlushResult> flush) => ThrowIfGone(await flush);

    private static void ThrowIfGone(FlushResult result)
    {
        if (result.IsCompleted) throw new IOException("The connection is gone.");
    }
}
