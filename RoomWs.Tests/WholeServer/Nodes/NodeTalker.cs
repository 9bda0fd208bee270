using System.Globalization;
using System.Text.Json;
using RoomWs.Tests.Support;

namespace RoomWs.Tests.WholeServer.Nodes;

/// <summary>A client that says something again and again, in all rooms, and changes the one that it owns; and knows what was acknowledged.</summary>
/// <param name="client">The client.</param>
/// <param name="home">Where it is, unless that is down.</param>
/// <param name="own">Its room.</param>
/// <param name="rooms">All rooms.</param>
/// <param name="random">Chooses what it does.</param>
internal sealed class NodeTalker(NodeClient client, ServerNode home, string own, IReadOnlyList<string> rooms, Random random)
{
    /// <summary>One of so many things it does is a change of its room.</summary>
    private const int OneChangeOf = 4;

    /// <summary>A pause between two things, so that the machine has time for the nodes.</summary>
    private static readonly TimeSpan Pace = TimeSpan.FromMilliseconds(4);

    private readonly Dictionary<string, Dictionary<long, string>> _said = rooms.ToDictionary(room => room, _ => new Dictionary<long, string>());
    private int _done;
    private bool _hasGuest;

    public NodeClient Client => client;

    public ServerNode Home => home;

    public string Own { get; } = own;

    /// <summary>How much was acknowledged.</summary>
    public int Done => Volatile.Read(ref _done);

    /// <summary>The version of its room, which nobody else changes.</summary>
    public long Version { get; private set; } = 1;

    /// <summary>Its name.</summary>
    public string Name { get; private set; } = own;

    /// <summary>What it has said in a room.</summary>
    public IReadOnlyDictionary<long, string> SaidIn(string room) => _said[room];

    public async Task TalkAsync(Task stop)
    {
        using var pace = new PeriodicTimer(Pace);
        while (!stop.IsCompleted)
        {
            if (random.Next(OneChangeOf) > 0) await SayAsync(rooms[random.Next(rooms.Count)]);
            else if (random.Next(2) == 0) await RenameAsync();
            else await MoveGuestAsync();
            Volatile.Write(ref _done, _done + 1);
            await pace.WaitForNextTickAsync(CancellationToken.None);
        }
    }

    private async Task SayAsync(string roomId)
    {
        var content = string.Create(CultureInfo.InvariantCulture, $"{client.User} {_done}{client.Look(roomId, room => room.Version is { } version ? $" v{version}" : "")}");
        var reply = await DoAsync(new { type = "ROOM_MESSAGE", roomId, content }, "ROOM_MESSAGE_RESPONSE");
        _said[roomId].Add(reply.Number("seq"), content);
    }

    private async Task RenameAsync()
    {
        var name = string.Create(CultureInfo.InvariantCulture, $"{client.User} {_done} s{client.Look(Own, room => room.Last)}");
        Changed(await DoAsync(new { type = "ROOM_UPDATE_META", roomId = Own, patch = new { name }, ifVersion = Version }, "ROOM_UPDATED"));
        Name = name;
    }

    /// <summary>Somebody who is never there comes into the room, or goes.</summary>
    private async Task MoveGuestAsync()
    {
        var guest = client.User + "x";
        object request = _hasGuest ? new { type = "ROOM_REMOVE_MEMBER", roomId = Own, userId = guest } : new { type = "ROOM_ADD_MEMBERS", roomId = Own, userIds = new[] { guest } };
        Changed(await DoAsync(request, "ROOM_MEMBERS_UPDATED"));
        _hasGuest = !_hasGuest;
    }

    private void Changed(JsonElement reply)
    {
        if (reply.Version() != ++Version) throw new InvalidOperationException($"{client.User} has made version {Version} of {Own}, and was told {reply.GetRawText()}");
    }

    private async Task<JsonElement> DoAsync(object request, string expected)
    {
        var reply = await client.DoAsync(request, _done.ToString(CultureInfo.InvariantCulture));
        return reply.Type() == expected ? reply : throw new InvalidOperationException($"{client.User} has asked for {JsonSerializer.Serialize(request)} and was told {reply.GetRawText()}");
    }
}
