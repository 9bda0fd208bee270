using System.Diagnostics;
using System.Text.Json;
using System.Text.Json.Nodes;
using RoomWs.Tests.Support;

namespace RoomWs.Tests.WholeServer.Nodes;

/// <summary>
/// A client that follows the recipes of protocol.md: it listens to its rooms, and when its connection ends it connects again, goes on with RESUME and sends again
/// what had no answer, under the same key. Notes what it heard, and what of that cannot be.
/// </summary>
/// <param name="user">As whom.</param>
/// <param name="rooms">The rooms, which it is a member of.</param>
/// <param name="choose">Where to connect, when it was refused so many times since it last was connected.</param>
/// <param name="takesDeltas">Whether it is told how lists of members change, each change of them.</param>
internal sealed class NodeClient(string user, IReadOnlyList<string> rooms, Func<int, ServerNode> choose, bool takesDeltas) : IDisposable
{
    /// <summary>Before it tries again where it was refused.</summary>
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(20);

    private readonly Dictionary<string, HeardRoom> _rooms = rooms.ToDictionary(room => room, room => new HeardRoom(room, user));
    private readonly Lock _gate = new();
    private NodeConnection? _connection;
    private Dictionary<string, long> _asked = [];
    private string _sent = "";
    private bool _isRetry;
    private int _refusals;

    public string User => user;

    /// <summary>Where it is connected, or was last.</summary>
    public ServerNode? Node { get; private set; }

    public bool IsConnected => Volatile.Read(ref _connection) is { Ended.IsCompleted: false };

    /// <summary>How its connections have ended.</summary>
    public List<string> Ends { get; } = [];

    /// <summary>The longest that it has waited for an answer on a connection that stayed.</summary>
    public TimeSpan LongestWait { get; private set; }

    public T Look<T>(string room, Func<HeardRoom, T> look)
    {
        lock (_gate) return look(_rooms[room]);
    }

    public List<string> Faults()
    {
        lock (_gate) return [.. _rooms.Values.SelectMany(room => room.Faults)];
    }

    /// <summary>Connects if it is not connected, and listens from the place on where it was.</summary>
    public async Task ConnectAsync()
    {
        while (_connection is null)
        {
            await Deadline.UntilAsync(() => (Node = choose(_refusals)).Url is not null, $"{user} finds a node");
            Forget();
            if (Node!.Url is not { } url || await NodeConnection.TryOpenAsync(url, user, Take) is not { } connection)
            {
                _refusals++;
                await Task.Delay(Pause);
                continue;
            }

            if (await TryBeginAsync(connection)) (_connection, _refusals) = (connection, 0);
            else connection.Dispose();
        }
    }

    /// <summary>Has something done, however often it takes, and gives the answer to it.</summary>
    public async Task<JsonElement> DoAsync(object request, string key)
    {
        var message = JsonSerializer.SerializeToNode(request)!.AsObject();
        message["idempotencyKey"] = key;
        (_isRetry, _sent) = (false, (string?)message["content"] ?? "");
        while (true)
        {
            await ConnectAsync();
            var asked = Stopwatch.GetTimestamp();
            var reply = await _connection!.AskAsync((JsonObject)message.DeepClone());
            if (reply is { } answer && answer.Code() != "INTERNAL_ERROR")
            {
                if (!_isRetry && Stopwatch.GetElapsedTime(asked) is var wait && wait > LongestWait) LongestWait = wait;
                return answer;
            }

            _isRetry = true;
            if (reply is null) await LoseAsync();
        }
    }

    /// <summary>Listens until it is told to stop.</summary>
    public async Task ListenAsync(Task stop)
    {
        while (!stop.IsCompleted)
        {
            await ConnectAsync();
            if (await Task.WhenAny(_connection!.Ended, stop) != stop) await LoseAsync();
        }
    }

    /// <summary>Ends its connection as the loss of a network does. It comes back by itself.</summary>
    public void Drop() => _connection?.Dispose();

    public void Dispose() => _connection?.Dispose();

    /// <summary>Says what it takes, and goes on from its place.</summary>
    private async Task<bool> TryBeginAsync(NodeConnection connection)
    {
        if (takesDeltas && !await TryTakeDeltasAsync(connection)) return false;
        _asked = Place();
        var asked = new JsonArray([.. _asked.Select(room => new JsonObject { ["roomId"] = room.Key, ["afterSeq"] = room.Value })]);
        return (await connection.AskAsync(new JsonObject { ["type"] = "RESUME", ["limit"] = 1_000, ["rooms"] = asked }, last: "ROOMS_SNAPSHOT"))?.Type() == "ROOMS_SNAPSHOT";
    }

    private async Task<bool> TryTakeDeltasAsync(NodeConnection connection)
    {
        if ((await connection.AskAsync(new JsonObject { ["type"] = "HELLO", ["version"] = 1, ["capabilities"] = new JsonArray("MEMBER_DELTAS") }))?.Type() != "HELLO_ACK") return false;
        lock (_gate)
        {
            foreach (var room in _rooms.Values) room.TakeDeltas();
        }

        return true;
    }

    private async Task LoseAsync()
    {
        Ends.Add($"{Node!.Name}: {await _connection!.Ended}");
        _connection.Dispose();
        _connection = null;
    }

    private void Forget()
    {
        lock (_gate)
        {
            foreach (var room in _rooms.Values) room.Reconnect();
        }
    }

    private Dictionary<string, long> Place()
    {
        lock (_gate) return _rooms.ToDictionary(room => room.Key, room => room.Value.Last);
    }

    private void Take(JsonElement frame)
    {
        lock (_gate)
        {
            switch (frame.Type())
            {
                case "HELLO_ACK":
                    // What came before it may have come as whole lists, of which some give way to others.
                    Forget();
                    break;
                case "RESYNC_START":
                    foreach (var (room, after) in _asked) _rooms[room].Resume(after);
                    break;
                case "RESYNC_COMPLETE":
                    foreach (var room in _rooms.Values) room.Resumed(frame.Texts("truncatedRooms").Contains(room.RoomId));
                    if (frame.Texts("resetRooms") is { Length: > 0 } reset) _rooms[reset[0]].Faults.Add($"{user}: the place in {string.Join(' ', reset)} means nothing");
                    break;
                case "ROOM_MESSAGE" when Room(frame) is { } room:
                    room.Take(frame.Number("seq"), frame.Text("content"));
                    break;
                case "ROOM_MESSAGE_RESPONSE" when Room(frame) is { } room:
                    room.TakeOwn(frame.Number("seq"), _sent, _isRetry);
                    break;
                case "ROOM_UPDATED" or "ROOM_MEMBERS_UPDATED" or "ROOM_MEMBERS_CHANGED" when Room(frame) is { } room && !(_isRetry && frame.Has("correlationId")):
                    room.TakeChange(frame.Has("fromVersion") ? frame.Number("fromVersion") : frame.Version() - 1, frame.Version(), frame.Type() == "ROOM_MEMBERS_UPDATED", frame.Has("patch") ? frame.GetProperty("patch").Text("name") : null);
                    break;
            }
        }
    }

    private HeardRoom? Room(JsonElement frame) => _rooms.GetValueOrDefault(frame.Text("roomId"));
}
