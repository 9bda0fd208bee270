using System.Net.WebSockets;
using System.Text;

namespace RoomWs.Tests.Support;

/// <summary>A client that takes any certificate, and tells which it was shown.</summary>
internal sealed class TlsProbe : IDisposable
{
    private readonly ClientWebSocket _socket = new();

    /// <summary>Connects, and gives the subject of the server's certificate.</summary>
    public async Task<string> ConnectAsync(Uri server)
    {
        var subject = "";
        _socket.Options.RemoteCertificateValidationCallback = (_, certificate, _, _) =>
        {
            subject = certificate!.Subject;
            return subject.Length > 0;
        };
        await _socket.ConnectAsync(server, CancellationToken.None).OrFailAsync("the connection");
        return subject;
    }

    /// <summary>Proves that the connection still lives.</summary>
    public async Task<string> PingAsync()
    {
        await _socket.SendAsync("""{"type":"PING"}"""u8.ToArray(), WebSocketMessageType.Text, endOfMessage: true, CancellationToken.None).OrFailAsync("room in the socket");
        var buffer = new byte[1_024];
        var received = await _socket.ReceiveAsync(buffer, CancellationToken.None).OrFailAsync("a message");
        return Encoding.UTF8.GetString(buffer, 0, received.Count);
    }

    public void Dispose() => _socket.Dispose();
}
