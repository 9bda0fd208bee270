using System.Buffers;
using System.Net.WebSockets;
using RoomWs.Protocol;
using RoomWs.Server.Dispatch;

namespace RoomWs.Server.Transport;

/// <summary>
/// Reads a connection's messages and dispatches them one after the other. Between messages it waits with an empty buffer, so that a
/// silent connection holds none.
/// </summary>
internal sealed class ReadLoop(ClientConnection connection, Dispatcher dispatcher, int messageBytes)
{
    private const int FirstBufferBytes = 4_096;

    private byte[]? _buffer;

    /// <summary>Ends when the client has closed, or the server has and the client answered; throws what a broken connection throws.</summary>
    public async Task RunAsync()
    {
        try
        {
            while (await ReceiveAsync() is { } message)
            {
                await connection.RoomForRepliesAsync();
                // Once the server is closing, what still comes in is only read so that the close can be answered.
                if (connection.Closing is null) await dispatcher.DispatchAsync(connection, message);
            }
        }
        finally
        {
            ReturnBuffer();
        }
    }

    /// <summary>The next message; null at the end.</summary>
    private async ValueTask<ReadOnlyMemory<byte>?> ReceiveAsync()
    {
        var socket = connection.Socket;
        var waiting = socket.ReceiveAsync(Memory<byte>.Empty, CancellationToken.None);
        if (!waiting.IsCompleted)
        {
            connection.FlushReplies();
            ReturnBuffer();
        }

        var received = await waiting;
        var length = 0;
        while (true)
        {
            if (received.MessageType == WebSocketMessageType.Close) return null;
            if (received.MessageType == WebSocketMessageType.Binary) connection.Close(CloseCode.BinaryMessage, "messages are text");

            length += received.Count;
            if (length > messageBytes)
            {
                connection.Close(CloseCode.MessageTooBig, $"a message has at most {messageBytes} bytes");
                length = 0;
            }

            if (received.EndOfMessage) return _buffer.AsMemory(0, length);

            MakeRoom(length);
            received = await socket.ReceiveAsync(_buffer.AsMemory(length), CancellationToken.None);
        }
    }

    private void MakeRoom(int length)
    {
        if (_buffer is null)
        {
            _buffer = ArrayPool<byte>.Shared.Rent(FirstBufferBytes);
        }
        else if (length == _buffer.Length)
        {
            var larger = ArrayPool<byte>.Shared.Rent(2 * length);
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
