using System.Net.WebSockets;
using System.Text;

namespace RoomWs.Tests.Documentation;

/// <summary>A client that sends and receives the text of frames as it is. For one sender and one receiver at a time.</summary>
internal sealed class WireSocket : IDisposable
{
    /// <summary>Only keeps a test that waits for what never comes from waiting for ever.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    private readonly ClientWebSocket _socket = new();
    private readonly byte[] _buffer = new byte[64 * 1_024];

    /// <summary>Connects, and returns when the server has taken the connection on: what happens from then on is told to it.</summary>
    public static async Task<WireSocket> ConnectAsync(Uri uri)
    {
        var socket = await OpenAsync(uri);
        await socket.SendAsync("""{"type":"PING"}""");
        await socket.ReceiveAsync();
        return socket;
    }

    /// <summary>Connects, and returns with the end of the handshake.</summary>
    public static async Task<WireSocket> OpenAsync(Uri uri)
    {
        var socket = new WireSocket();
        using var patience = new CancellationTokenSource(Patience);
        await socket._socket.ConnectAsync(uri, patience.Token);
        return socket;
    }

    public async Task SendAsync(string text)
    {
        using var patience = new CancellationTokenSource(Patience);
        await _socket.SendAsync(Encoding.UTF8.GetBytes(text), WebSocketMessageType.Text, endOfMessage: true, patience.Token);
    }

    /// <summary>The next message; <c>close</c> and the code where the server closes instead.</summary>
    public async Task<string> ReceiveAsync()
    {
        using var patience = new CancellationTokenSource(Patience);
        var message = new MemoryStream();
        while (true)
        {
            var received = await _socket.ReceiveAsync(_buffer, patience.Token);
            if (received.MessageType == WebSocketMessageType.Close)
            {
                var code = FormattableString.Invariant($"close {(int)received.CloseStatus!}");
                await _socket.CloseOutputAsync(WebSocketCloseStatus.NormalClosure, statusDescription: null, patience.Token);
                return code;
            }

            message.Write(_buffer, 0, received.Count);
            if (received.EndOfMessage) return Encoding.UTF8.GetString(message.GetBuffer(), 0, (int)message.Length);
        }
    }

    public void Dispose() => _socket.Dispose();
}
