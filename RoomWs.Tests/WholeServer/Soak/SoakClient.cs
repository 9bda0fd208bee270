using System.Buffers;
using System.Net.WebSockets;
using System.Text.Json;
using System.Text.Json.Nodes;
using RoomWs.Tests.Support;

namespace RoomWs.Tests.WholeServer.Soak;

/// <summary>
/// One of very many clients: it reads all the time, keeps its view, and outlives its connections. One asks at a time; the view is locked
/// where it is looked at. Those with an even number have their identity from the upgrade, the others from HELLO; every third takes changes of
/// members instead of lists.
/// </summary>
internal sealed class SoakClient(int number, string userId, SoakWorld world) : IDisposable
{
    private const int BufferBytes = 2_048;

    private readonly Lock _gate = new();
    private readonly SocketView _view = new(userId, world.Fault);
    private ClientWebSocket? _socket;
    private Task _reading = Task.CompletedTask;
    private TaskCompletionSource<JsonElement>? _reply;
    private volatile bool _isLeaving;
    private long _asked;

    public string UserId => userId;

    public bool IsConnected => _socket is not null;

    /// <summary>The room that this socket has entered.</summary>
    public string? Entered { get; set; }

    /// <summary>What was sent in a connection that is gone, and maybe not answered.</summary>
    public (string RoomId, string ClientMessageId)? Unsure { get; set; }

    public T Look<T>(Func<SocketView, T> look)
    {
        lock (_gate) return look(_view);
    }

    /// <summary>Connects, takes up the chat where it was, and is shown its rooms.</summary>
    public async Task ConnectAsync()
    {
        var isByUpgrade = number % 2 == 0;
        _socket = new ClientWebSocket();
        _socket.Options.KeepAliveInterval = TimeSpan.Zero;
        (_isLeaving, Entered) = (false, null);
        lock (_gate) _view.Reconnect();
        await _socket.ConnectAsync(new Uri(isByUpgrade ? $"{world.Url}?user={userId}" : world.Url), CancellationToken.None).OrFailAsync("the connection");
        _reading = ReadAsync(_socket);
        string[] capabilities = number % 3 == 0 ? ["MEMBER_DELTAS"] : [];
        await AskAsync(new { type = "HELLO", version = 1, userId = isByUpgrade ? null : userId, capabilities });
        foreach (var row in (await ResumeAsync()).GetProperty("rooms").EnumerateArray()) await AskAsync(new { type = "ROOM_INFO", roomId = row.Text("id") });
    }

    public Task<JsonElement> ResumeAsync()
    {
        var rooms = Look(view => view.Places.BeginResume().Select(place => new { roomId = place.Key, afterSeq = place.Value }).ToList());
        return AskAsync(new { type = "RESUME", rooms, limit = ChatPlaces.MostReplayed });
    }

    /// <summary>Sends the request and gives its reply; of a RESUME the last one of the row.</summary>
    public async Task<JsonElement> AskAsync(object request)
    {
        var reply = new TaskCompletionSource<JsonElement>(TaskCreationOptions.RunContinuationsAsynchronously);
        lock (_gate) _reply = reply;
        var type = await SendAsync(request);
        var answer = await reply.Task.OrFailAsync($"the reply to {type} of {userId}");
        world.Count(type, answer);
        return answer;
    }

    /// <summary>Sends what is answered only when it is refused, or what the client does not stay to hear.</summary>
    public async Task<string> SendAsync(object request)
    {
        var message = JsonSerializer.SerializeToNode(request)!.AsObject();
        lock (_gate) message["correlationId"] = JsonValue.Create(++_asked);
        await _socket!.SendAsync(JsonSerializer.SerializeToUtf8Bytes(message), WebSocketMessageType.Text, endOfMessage: true, CancellationToken.None).OrFailAsync("room in the socket");
        return (string)message["type"]!;
    }

    /// <summary>Says goodbye, and hears the server's.</summary>
    public async Task CloseAsync()
    {
        _isLeaving = true;
        await _socket!.CloseOutputAsync(WebSocketCloseStatus.NormalClosure, null, CancellationToken.None).OrFailAsync("room in the socket");
        await EndAsync();
    }

    /// <summary>Is gone without a word.</summary>
    public async Task DropAsync()
    {
        _isLeaving = true;
        _socket!.Abort();
        await EndAsync();
    }

    public void Dispose() => _socket?.Dispose();

    private async Task EndAsync()
    {
        await _reading.OrFailAsync("the end of the connection");
        _socket!.Dispose();
        _socket = null;
    }

    private async Task ReadAsync(ClientWebSocket socket)
    {
        var message = new ArrayBufferWriter<byte>(BufferBytes);
        try
        {
            while (true)
            {
                var received = await socket.ReceiveAsync(message.GetMemory(BufferBytes), CancellationToken.None);
                if (received.MessageType == WebSocketMessageType.Close) break;
                message.Advance(received.Count);
                if (!received.EndOfMessage) continue;
                Take(message.WrittenMemory);
                message.ResetWrittenCount();
            }
        }
        catch (Exception gone) when (_isLeaving && gone is WebSocketException or OperationCanceledException or ObjectDisposedException)
        {
            // It was this client that ended it.
        }
        catch (Exception cause)
        {
            world.Fault($"{userId} could not read on: {cause}");
        }

        if (!_isLeaving) world.Fault($"{userId} was closed with {socket.CloseStatus} {socket.CloseStatusDescription}");
    }

    private void Take(ReadOnlyMemory<byte> message)
    {
        using var document = JsonDocument.Parse(message);
        var frame = document.RootElement;
        lock (_gate)
        {
            _view.Take(frame);
            if (frame.Code() is { } code) world.CheckRefusal(code, frame);
            if (frame.Type() is "RESYNC_START" or "ROOM_MESSAGE" or "RESYNC_COMPLETE") return;
            if (frame.TryGetProperty("correlationId", out var id) && id.GetInt64() == _asked) _reply?.TrySetResult(frame.Clone());
        }
    }
}
