using System.Globalization;
using System.Net.WebSockets;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using FluentAssertions;

namespace RoomWs.Tests.Support;

/// <summary>
/// A client on a real WebSocket. It reads only when asked to; frames that came before an awaited reply are kept in order and are the
/// next that the test sees. One test step at a time, like any socket.
/// </summary>
internal sealed class TestClient : IDisposable
{
    private readonly Queue<JsonElement> _received = new();
    private readonly TestServer _server;
    private readonly ClientWebSocket _socket;
    private int _requests;

    private TestClient(TestServer server, ClientWebSocket socket) => (_server, _socket) = (server, socket);

    /// <summary>For what no well-behaved client sends.</summary>
    public ClientWebSocket Socket => _socket;

    /// <summary>Frames that have come in and that nobody has looked at yet.</summary>
    public IReadOnlyCollection<JsonElement> Received => _received;

    /// <summary>Connects as a user. A change that another client makes right after this is told to it.</summary>
    public static Task<TestClient> ConnectAsync(TestServer server, string userId, string? name = null) =>
        OpenAsync(server, $"?user={Uri.EscapeDataString(userId)}" + (name is null ? "" : $"&name={Uri.EscapeDataString(name)}"));

    /// <summary>Connects with a query of the test's own and, by <paramref name="configure"/>, its headers; without an identity where there is none in them.</summary>
    public static async Task<TestClient> OpenAsync(TestServer server, string query = "", Action<ClientWebSocketOptions>? configure = null)
    {
        var socket = new ClientWebSocket();
        configure?.Invoke(socket.Options);
        var client = server.Track(new TestClient(server, socket));
        await socket.ConnectAsync(new Uri(server.NextUrl() + query), CancellationToken.None).OrFailAsync("the connection");
        return client;
    }

    public Task SendAsync(string json) => SendBytesAsync(Encoding.UTF8.GetBytes(json), WebSocketMessageType.Text);

    public Task SendAsync(object message) => SendAsync(JsonSerializer.Serialize(message));

    public Task SendBytesAsync(byte[] bytes, WebSocketMessageType kind, bool endOfMessage = true) =>
        _socket.SendAsync(bytes, kind, endOfMessage, CancellationToken.None).OrFailAsync("room in the socket");

    /// <summary>Sends the request and gives its reply, however many other frames come first.</summary>
    public async Task<JsonElement> RequestAsync(object request)
    {
        var correlationId = await SendRequestAsync(request);
        return await ReplyAsync(correlationId);
    }

    /// <summary>Sends the request under a correlationId of its own, and does not wait.</summary>
    public async Task<string> SendRequestAsync(object request)
    {
        await _server.SettleAsync();
        var message = JsonSerializer.SerializeToNode(request)!.AsObject();
        var correlationId = "t" + (++_requests).ToString(CultureInfo.InvariantCulture);
        message["correlationId"] = JsonValue.Create(correlationId);
        await SendAsync(message.ToJsonString());
        return correlationId;
    }

    public async Task<JsonElement> ReplyAsync(string correlationId)
    {
        while (true)
        {
            var frame = await ReadAsync();
            if (frame.TryGetProperty("correlationId", out var id) && id.ValueKind == JsonValueKind.String && id.GetString() == correlationId) return frame;
            _received.Enqueue(frame);
        }
    }

    /// <summary>Ends when all nodes have heard of what the server has done so far.</summary>
    public Task BeHeardEverywhereAsync() => _server.SettleAsync();

    /// <summary>The next frame, be it one that is kept or one that is still to come.</summary>
    public async Task<JsonElement> NextAsync() => _received.TryDequeue(out var kept) ? kept : await ReadAsync();

    /// <summary>The next frame, which has to be of this type.</summary>
    public async Task<JsonElement> ExpectAsync(string type)
    {
        var frame = await NextAsync();
        frame.Type().Should().Be(type, "the frame is {0}", frame.GetRawText());
        return frame;
    }

    /// <summary>
    /// Proves that nothing is on its way: the server answers in order, so whatever it had for this socket comes before the PONG.
    /// </summary>
    public async Task ExpectNothingAsync()
    {
        var pong = await RequestAsync(new { type = "PING" });
        pong.Type().Should().Be("PONG");
        _received.Select(frame => frame.GetRawText()).Should().BeEmpty();
    }

    /// <summary>The next thing is the server's close, with this code.</summary>
    public async Task<string?> ExpectCloseAsync(int code)
    {
        _received.Select(frame => frame.GetRawText()).Should().BeEmpty("the next thing is a close");
        var (text, _) = await ReceiveAsync();
        text.Should().BeNull("the next thing is a close");
        ((int?)_socket.CloseStatus).Should().Be(code, _socket.CloseStatusDescription);
        return _socket.CloseStatusDescription;
    }

    /// <summary>Says goodbye, and waits for the server to do so too: from then on it knows that this client is gone.</summary>
    public Task CloseAsync() => _socket.CloseAsync(WebSocketCloseStatus.NormalClosure, null, CancellationToken.None).OrFailAsync("the close");

    public void Dispose() => _socket.Dispose();

    private async Task<JsonElement> ReadAsync()
    {
        var (text, bytes) = await ReceiveAsync();
        if (text is null) throw new InvalidOperationException($"The server closed the connection: {(int?)_socket.CloseStatus} {_socket.CloseStatusDescription}");
        using var document = JsonDocument.Parse(bytes);
        return document.RootElement.Clone();
    }

    private async Task<(string? Text, byte[] Bytes)> ReceiveAsync()
    {
        using var message = new MemoryStream();
        var buffer = new byte[16_384];
        while (true)
        {
            var result = await _socket.ReceiveAsync(new ArraySegment<byte>(buffer), CancellationToken.None).OrFailAsync("a message");
            if (result.MessageType == WebSocketMessageType.Close) return (null, []);
            result.MessageType.Should().Be(WebSocketMessageType.Text);
            await message.WriteAsync(buffer.AsMemory(0, result.Count));
            if (result.EndOfMessage) return (Encoding.UTF8.GetString(message.ToArray()), message.ToArray());
        }
    }
}
