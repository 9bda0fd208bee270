using System.Net.WebSockets;
using System.Text.Json;
using RoomWs.Tests.Documentation;
using RoomWs.Tests.Support;

namespace RoomWs.Tests.WholeServer.Draining;

/// <summary>
/// A user alone in a room of its own, who sends one change after another without waiting for replies until the server closes. As nobody
/// else acts there, what was answered says what the room has to be.
/// </summary>
internal sealed class DrainClient(string name) : IDisposable
{
    /// <summary>What its owner can ask for again and again, each time with success.</summary>
    public static readonly string[] Kinds =
    [
        "ROOM_MESSAGE", "ROOM_UPDATE_META", "ROOM_BOARD_UPDATE", "ROOM_ADD_MEMBERS", "ROOM_SET_ROLE", "ROOM_REMOVE_MEMBER", "ROOM_INVITE_CREATE", "ROOM_BOARD_CREATE",
        "ROOM_BOARD_ACTIVATE", "ROOM_BOARD_SNAPSHOT",
    ];

    /// <summary>More than the server takes on from one connection, so that there are always some that it has not begun.</summary>
    private const int Window = 300;

    private readonly SemaphoreSlim _room = new(Window);
    private readonly CancellationTokenSource _closed = new();
    private WireSocket _socket = null!;
    private int _sent;

    public string RoomId => name;

    /// <summary>How many requests were sent and have no reply.</summary>
    public int Unanswered => _sent - Answered;

    /// <summary>How many requests were answered, all of them with success and in order.</summary>
    public int Answered { get; private set; }

    public List<int> Delays { get; } = [];

    public string End { get; private set; } = "";

    public long Version { get; private set; } = 1;

    public async Task ConnectAsync(string url)
    {
        _socket = await WireSocket.ConnectAsync(new Uri($"{url}?user={name}"));
        foreach (var request in (object[])[new { type = "ROOM_CREATE", roomId = name }, new { type = "ROOM_BOARD_CREATE", roomId = name, boardId = "b" }])
        {
            if ((await _socket.AskAsync(request)).Code() is { } code) throw new InvalidOperationException(code);
        }
    }

    /// <summary>Sends and receives until the end of the connection.</summary>
    public async Task ActAsync(Action answered)
    {
        var sending = SendAsync();
        while (true)
        {
            var text = await _socket.ReceiveAsync();
            if (text.StartsWith("close", StringComparison.Ordinal))
            {
                End = text;
                await _closed.CancelAsync();
                await sending;
                return;
            }

            Take(JsonDocument.Parse(text).RootElement);
            answered();
        }
    }

    /// <summary>How often a request of this kind was answered.</summary>
    public int Times(string kind) => Enumerable.Range(0, Answered).Count(number => Kind(number) == kind);

    public void Dispose()
    {
        _socket.Dispose();
        _room.Dispose();
        _closed.Dispose();
    }

    private static string Kind(int number) => Kinds[number % Kinds.Length];

    private void Take(JsonElement frame)
    {
        if (frame.Type() == "SERVER_DRAINING")
        {
            Delays.Add((int)frame.Number("reconnectAfterMs"));
            return;
        }

        if (frame.Code() is not null || frame.Number("correlationId") != Answered) throw new InvalidOperationException($"{frame} came as the reply to {Kind(Answered)}, number {Answered}");
        if (frame.Has("version")) Version = frame.Version();
        Answered++;
        _room.Release();
    }

    private async Task SendAsync()
    {
        try
        {
            while (true)
            {
                await _room.WaitAsync(_closed.Token);
                await _socket.SendAsync(JsonSerializer.Serialize(Request(_sent++)));
            }
        }
        catch (Exception gone) when (gone is WebSocketException or IOException or ObjectDisposedException or OperationCanceledException)
        {
            // The server has closed.
        }
    }

    private object Request(int number)
    {
        var (correlationId, type, roomId, guest, boardId) = (number, Kind(number), name, $"guest {number / Kinds.Length}", "b");
        return type switch
        {
            "ROOM_MESSAGE" => new { type, correlationId, roomId, content = "hello" },
            "ROOM_UPDATE_META" => new { type, correlationId, roomId, patch = new { name = $"name {number}" } },
            "ROOM_BOARD_UPDATE" => new { type, correlationId, roomId, boardId, payload = "line" },
            "ROOM_ADD_MEMBERS" => new { type, correlationId, roomId, userIds = new[] { guest } },
            "ROOM_SET_ROLE" => new { type, correlationId, roomId, userId = guest, role = "ADMIN" },
            "ROOM_REMOVE_MEMBER" => new { type, correlationId, roomId, userId = guest },
            "ROOM_BOARD_ACTIVATE" => new { type, correlationId, roomId, boardId = $"b{number - 1}" },
            "ROOM_BOARD_CREATE" => new { type, correlationId, roomId, boardId = $"b{number}" },
            "ROOM_BOARD_SNAPSHOT" => new { type, correlationId, roomId, boardId, seq = (number / Kinds.Length) + 1, payload = "all" },
            _ => (object)new { type, correlationId, roomId },
        };
    }
}
