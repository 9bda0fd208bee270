using System.Buffers;
using System.Net.WebSockets;
using System.Text.Unicode;
using RoomWs.Protocol;
using RoomWs.Server.Dispatch;
using RoomWs.Server.Sessions;

namespace RoomWs.Server.Hosting;

/// <summary>
/// Reads a connection's messages and dispatches them one after the other. Between messages it waits without a buffer, so that a silent
/// connection holds none.
/// </summary>
internal sealed class ReadLoop(ClientConnection connection, Dispatcher dispatcher, int messageBytes)
{
    private const int FirstBufferBytes = 4_096;

    /// <summary>How long, in milliseconds, a connection that has sent much at once keeps its thread while others wait for one. A short request takes a hundredth of that.</summary>
    private const long ThreadTime = 2;

    // The message is the first _length bytes of the buffer. Fields, because a local would be kept alive by the task that waits for the next message.
    private byte[]? _buffer;
    private int _length;
    private long _begunAt;

    /// <summary>Completes when the client has closed or has answered the server's close. A broken connection throws.</summary>
    public async Task RunAsync()
    {
        try
        {
            while (await ReceiveAsync())
            {
                await connection.RoomForRepliesAsync();
                // After the server has begun to close, messages are read and ignored until the client's answer to the close comes.
                if (connection.TryBegin()) await DispatchAsync();
            }
        }
        finally
        {
            ReturnBuffer();
        }
    }

    private async ValueTask DispatchAsync()
    {
        try
        {
            var dispatching = dispatcher.DispatchAsync(connection, _buffer.AsMemory(0, _length));
            // Whatever this one waits for, the replies to those before it do not.
            if (!dispatching.IsCompleted) connection.FlushReplies();
            await dispatching;
        }
        finally
        {
            connection.Finished();
        }
    }

    /// <summary>Receives the next message. Returns false when the client has closed.</summary>
    private async ValueTask<bool> ReceiveAsync()
    {
        var socket = connection.Socket;
        var waiting = socket.ReceiveAsync(Memory<byte>.Empty, CancellationToken.None);
        if (!waiting.IsCompleted)
        {
            connection.FlushReplies();
            ReturnBuffer();
            _begunAt = 0;
        }
        else if (_begunAt != 0 && Environment.TickCount64 - _begunAt >= ThreadTime)
        {
            // The client has sent more already. Others who wait for a thread come first, however much that is.
            await Task.Yield();
            _begunAt = 0;
        }

        var received = await waiting;
        // Of the thread, and not of the server's clock.
        if (_begunAt == 0) _begunAt = Environment.TickCount64;
        _length = 0;
        while (true)
        {
            if (received.MessageType == WebSocketMessageType.Close) return false;
            if (received.MessageType == WebSocketMessageType.Binary) connection.Close(CloseCode.BinaryMessage, "messages are text");

            _length += received.Count;
            if (_length > messageBytes)
            {
                connection.Close(CloseCode.MessageTooBig, $"a message has at most {messageBytes} bytes");
                _length = 0;
            }

            if (received.EndOfMessage)
            {
                // The framework checks the text of frames that are not empty. If the last frame is empty, it misses an unfinished character before it.
                if (received.Count == 0 && !Utf8.IsValid(_buffer.AsSpan(0, _length))) connection.Close(CloseCode.NotUtf8, "messages are UTF-8");
                return true;
            }

            MakeRoom();
            // ReceiveAsync returns when the buffer is full or the frame ends. One byte over the limit is enough to see that the message is too big.
            var room = Math.Min(_buffer!.Length, messageBytes + 1) - _length;
            var rest = socket.ReceiveAsync(_buffer.AsMemory(_length, room), CancellationToken.None);
            // The replies to earlier messages must not wait for the rest of this one.
            if (!rest.IsCompleted) connection.FlushReplies();
            received = await rest;
        }
    }

    private void MakeRoom()
    {
        if (_buffer is null)
        {
            _buffer = ArrayPool<byte>.Shared.Rent(FirstBufferBytes);
        }
        else if (_length == _buffer.Length)
        {
            var larger = ArrayPool<byte>.Shared.Rent(2 * _length);
            _buffer.CopyTo(larger, 0);
            ArrayPool<byte>.Shared.Return(_buffer);
            _buffer = larger;
        }
    }

    private void ReturnBuffer()
    {
        if (_buffer is null) return;
        ArrayPool<byte>.Shared.Return(_buffer);
        _buffer = null;
    }
}
