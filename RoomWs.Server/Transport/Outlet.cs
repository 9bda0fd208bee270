using System.Buffers;
using System.IO.Pipelines;
using System.Net.Sockets;
using RoomWs.Server.Wire;

namespace RoomWs.Server.Transport;

/// <summary>Where a connection's bytes leave. One send at a time. A send throws an IOException if the connection is gone.</summary>
internal abstract class Outlet
{
    /// <summary>Frames that fit into this together are copied and go out in one call. A larger frame is sent without a copy.</summary>
    private const int GatherBytes = 16_384;

    /// <summary>The bytes that were taken from here so far. Counted by the one send that runs; others may see an older number.</summary>
    public long Taken { get; private set; }

    /// <summary>
    /// How often bytes were taken after there had been no space for them. Space comes from the client's reading alone, so each of these is a sign
    /// of life. What is taken at once is none: the kernel takes megabytes for a client that is long dead.
    /// </summary>
    public long Relieved { get; private set; }

    /// <summary>What the kernel still holds for the client: a client that reads this slowly is not yet to be asked for an answer.</summary>
    public virtual KernelQueue Queue => default;

    /// <summary>Sends all bytes. Completes synchronously if there is space for them. The caller may reuse the buffer once it has completed.</summary>
    public abstract ValueTask SendAsync(ReadOnlyMemory<byte> bytes);

    /// <summary>Sends the messages in as few calls as possible. A message that is large or alone is not copied.</summary>
    public async ValueTask SendAsync(ReadOnlyMemory<Waiting> messages)
    {
        var next = 0;
        while (next < messages.Length)
        {
            var (head, fields) = messages.Span[next].ToFrame();
            if (fields is null && (next == messages.Length - 1 || head.Length > GatherBytes))
            {
                await SendAsync(head);
                next++;
                continue;
            }

            var gathered = ArrayPool<byte>.Shared.Rent(GatherBytes);
            var length = Gather(messages.Span, ref next, gathered.AsSpan(0, GatherBytes), out var rest);
            await SendAsync(gathered.AsMemory(0, length));
            ArrayPool<byte>.Shared.Return(gathered);
            if (rest is not null) await SendAsync(rest.Memory);
        }
    }

    protected void NoteTaken(int bytes, bool hadNoSpace)
    {
        Taken += bytes;
        if (hadNoSpace) Relieved++;
    }

    /// <summary>
    /// Copies as many of the messages as fit, and advances <paramref name="next"/> past them. Returns the number of bytes. If the fields of the last
    /// one do not fit, they are its <paramref name="rest"/>, to be sent next.
    /// </summary>
    private static int Gather(ReadOnlySpan<Waiting> messages, ref int next, Span<byte> gathered, out EncodedFields? rest)
    {
        rest = null;
        var length = 0;
        while (next < messages.Length && rest is null)
        {
            var (head, fields) = messages[next].ToFrame();
            if (head.Length > gathered.Length - length) break;
            head.CopyTo(gathered[length..]);
            length += head.Length;
            next++;
            if (fields is null) continue;
            if (fields.Length > gathered.Length - length)
            {
                rest = fields;
            }
            else
            {
                fields.Span.CopyTo(gathered[length..]);
                length += fields.Length;
            }
        }

        return length;
    }
}

/// <summary>
/// Sends on the connection's socket itself. Kestrel's own output is a pipe with a task behind it, and a broadcast to hundreds of sockets would
/// be hundreds of tasks. Here a send is one call to the kernel, on the thread that has the message.
/// </summary>
internal sealed class SocketOutlet : Outlet
{
    private const int PieceBytes = 65_536;

    private readonly Socket _socket;

    public SocketOutlet(Socket socket)
    {
        // Without blocking, a send that finds no space fails with WouldBlock, so it never blocks the thread.
        socket.Blocking = false;
        _socket = socket;
    }

    public override KernelQueue Queue => KernelQueue.Of(_socket);

    public override ValueTask SendAsync(ReadOnlyMemory<byte> bytes)
    {
        var sent = _socket.Send(bytes.Span, SocketFlags.None, out var error);
        if (sent > 0) NoteTaken(sent, hadNoSpace: false);
        if (error == SocketError.Success && sent == bytes.Length) return ValueTask.CompletedTask;
        if (error is SocketError.Success or SocketError.WouldBlock) return SendRestAsync(bytes[Math.Max(sent, 0)..]);
        throw new IOException($"The connection is gone: {error}.");
    }

    private async ValueTask SendRestAsync(ReadOnlyMemory<byte> bytes)
    {
        try
        {
            while (bytes.Length > 0)
            {
                // In pieces, because the framework tells of a large send only when all of it is taken, which may take a slow client minutes.
                var sent = await _socket.SendAsync(bytes[..Math.Min(bytes.Length, PieceBytes)], SocketFlags.None);
                NoteTaken(sent, hadNoSpace: true);
                bytes = bytes[sent..];
            }
        }
        catch (SocketException gone)
        {
            throw new IOException("The connection is gone.", gone);
        }
    }
}

/// <summary>Sends through Kestrel's output pipe, behind which TLS encrypts.</summary>
/// <param name="output">Kestrel's output.</param>
/// <param name="socket">The socket behind it. Null if there is none.</param>
internal sealed class TlsOutlet(PipeWriter output, Socket? socket = null) : Outlet
{
    private const int PieceBytes = 65_536;

    public override KernelQueue Queue => socket is null ? default : KernelQueue.Of(socket);

    public override async ValueTask SendAsync(ReadOnlyMemory<byte> bytes)
    {
        try
        {
            while (bytes.Length > 0)
            {
                var piece = bytes[..Math.Min(bytes.Length, PieceBytes)];
                var flushing = output.WriteAsync(piece);
                var hadNoSpace = !flushing.IsCompleted;
                var flushed = await flushing;
                if (flushed.IsCompleted) throw new IOException("The connection is gone.");
                NoteTaken(piece.Length, hadNoSpace);
                bytes = bytes[piece.Length..];
            }
        }
        catch (InvalidOperationException gone)
        {
            // What the pipe says of a write after its end.
            throw new IOException("The connection is gone.", gone);
        }
    }
}
