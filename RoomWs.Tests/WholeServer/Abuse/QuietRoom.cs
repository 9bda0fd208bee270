using System.Collections.Concurrent;
using System.Text.Json;
using RoomWs.Tests.Documentation;
using RoomWs.Tests.Support;

namespace RoomWs.Tests.WholeServer.Abuse;

/// <summary>A small room of two users: one changes it, and does not wait for one answer before it sends the next; the other is told.</summary>
internal sealed class QuietRoom : IDisposable
{
    private readonly string _room;
    private readonly WireSocket _changes;
    private readonly WireSocket _isTold;
    private readonly ServerWork _work;
    private readonly ConcurrentQueue<WorkMark> _asked = new();
    private readonly List<WorkSpan> _waits = [];
    private readonly List<string> _faults = [];
    private int _sent;

    private QuietRoom(string room, WireSocket changes, WireSocket isTold, ServerWork work) => (_room, _changes, _isTold, _work) = (room, changes, isTold, work);

    /// <summary>What the server has worked, for whomever, between a change and its reply.</summary>
    public IReadOnlyList<WorkSpan> Waits => _waits;

    /// <summary>What was not answered or told as it should have been.</summary>
    public IReadOnlyList<string> Faults => _faults;

    public static string Name(int number) => FormattableString.Invariant($"quiet{number}");

    public static string Changer(int number) => FormattableString.Invariant($"changer{number}");

    public static string Told(int number) => FormattableString.Invariant($"told{number}");

    public static async Task<QuietRoom> ConnectAsync(Uri server, int number, ServerWork work) => new(
        Name(number),
        await WireSocket.ConnectAsync(new Uri(server, $"?user={Changer(number)}")),
        await WireSocket.ConnectAsync(new Uri(server, $"?user={Told(number)}")),
        work);

    /// <summary>Sends a change: by turns another name for the room, and a message.</summary>
    public Task SendAsync()
    {
        var (name, number) = (Text(_sent), _sent++);
        var request = number % 2 == 0
            ? (object)new { type = "ROOM_UPDATE_META", correlationId = number, roomId = _room, patch = new { name } }
            : new { type = "ROOM_MESSAGE", correlationId = number, roomId = _room, content = name };
        var text = JsonSerializer.Serialize(request);
        _asked.Enqueue(_work.Now);
        return _changes.SendAsync(text);
    }

    /// <summary>Reads so many replies, and sees that each is the right one.</summary>
    public async Task ReadRepliesAsync(int count)
    {
        for (var i = 0; i < count; i++)
        {
            var reply = await NextAsync(_changes, "ROOM_UPDATED", "ROOM_MESSAGE_RESPONSE", "ERROR");
            if (_asked.TryDequeue(out var asked)) _waits.Add(_work.Since(asked));
            var isRight = i % 2 == 0 ? reply.Type() == "ROOM_UPDATED" && reply.GetProperty("patch").Text("name") == Text(i) : reply.Type() == "ROOM_MESSAGE_RESPONSE";
            if (!isRight || reply.Number("correlationId") != i) _faults.Add($"change {i} of {_room} was answered {reply.GetRawText()}");
        }
    }

    /// <summary>Reads what the other is told of so many changes.</summary>
    public async Task ReadEventsAsync(int count)
    {
        for (var i = 0; i < count; i++)
        {
            var told = await NextAsync(_isTold, "ROOM_UPDATED", "ROOM_MESSAGE");
            var text = told.Type() == "ROOM_UPDATED" ? told.GetProperty("patch").Text("name") : told.Text("content");
            if (text != Text(i)) _faults.Add($"change {i} of {_room} was told as {told.GetRawText()}");
        }
    }

    public void Dispose()
    {
        _changes.Dispose();
        _isTold.Dispose();
    }

    private static string Text(int change) => FormattableString.Invariant($"Change {change}");

    private static async Task<JsonElement> NextAsync(WireSocket socket, params string[] types)
    {
        while (true)
        {
            using var document = JsonDocument.Parse(await socket.ReceiveAsync());
            if (types.Contains(document.RootElement.Type())) return document.RootElement.Clone();
        }
    }
}
