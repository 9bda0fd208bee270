using FluentAssertions;
using RoomWs.Tests.Support;

namespace RoomWs.Tests.WholeServer.Nodes;

/// <summary>
/// Load on all nodes, and somebody on each who listens to every room, while a test does to the nodes what it is about. In the end each change that was acknowledged
/// is there on every node, once, and everybody has heard everything in its order.
/// </summary>
internal sealed class NodeRun : IDisposable
{
    private const int TalkersOfNode = 2;

    /// <summary>How much every talker does between two faults.</summary>
    private const int Progress = 12;

    private readonly NodeCluster _cluster;
    private readonly TaskCompletionSource _stop = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource _leave = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly string[] _rooms;
    private Task[] _talks = [];
    private Task[] _listens = [];

    private NodeRun(NodeCluster cluster, int seed)
    {
        _cluster = cluster;
        var count = cluster.Nodes.Count * TalkersOfNode;
        _rooms = [.. Enumerable.Range(0, count).Select(_ => cluster.NewRoomId())];
        Talkers = [.. _rooms.Index().Select(room => Talker(room.Item, cluster.Nodes[room.Index % cluster.Nodes.Count], new Random(seed + room.Index)))];
        Listeners = [.. cluster.Nodes.Select(node => new NodeClient($"{_rooms[0]}-at-{node.Name}", _rooms, _ => node, takesDeltas: true))];

        NodeTalker Talker(string own, ServerNode home, Random random) => new(new NodeClient($"of-{own}", _rooms, refusals => cluster.UpFrom(home, refusals), takesDeltas: false), home, own, _rooms, random);
    }

    public IReadOnlyList<NodeTalker> Talkers { get; }

    /// <summary>One on each node, which comes back to that.</summary>
    public IReadOnlyList<NodeClient> Listeners { get; }

    public int Done => Talkers.Sum(talker => talker.Done);

    /// <summary>The longest that anybody has waited for an answer whose connection stayed.</summary>
    public TimeSpan LongestWait => Clients.Max(client => client.LongestWait);

    private IEnumerable<NodeClient> Clients => Talkers.Select(talker => talker.Client).Concat(Listeners);

    public static async Task<NodeRun> StartAsync(NodeCluster cluster, int? seed = null)
    {
        var run = new NodeRun(cluster, seed ?? TestScale.Seed);
        var users = run.Clients.Select(client => client.User).ToList();
        foreach (var talker in run.Talkers)
        {
            var created = await talker.Client.DoAsync(new { type = "ROOM_CREATE", roomId = talker.Own, memberIds = users.Where(user => user != talker.Client.User) }, "create");
            created.Type().Should().Be("ROOM_CREATED", created.GetRawText());
        }

        run._listens = [.. run.Listeners.Select(listener => Task.Run(() => listener.ListenAsync(run._leave.Task)))];
        run._talks = [.. run.Talkers.Select(talker => Task.Run(() => talker.TalkAsync(run._stop.Task)))];
        await run.GoOnAsync();
        return run;
    }

    /// <summary>Waits until everybody has got on, but for those who are on a node that does not answer.</summary>
    public async Task GoOnAsync(ServerNode? without = null)
    {
        var before = Talkers.Select(talker => talker.Done).ToArray();
        await UntilAsync(() => Talkers.Index().All(one => (without is not null && one.Item.Client.Node == without) || one.Item.Done > before[one.Index] + Progress), "all are served");
    }

    /// <summary>Has those who have gone elsewhere come back to where they were.</summary>
    public void GoHome()
    {
        foreach (var talker in Talkers.Where(talker => talker.Client.Node != talker.Home)) talker.Client.Drop();
    }

    /// <summary>Waits for something, and fails at once where a client has failed.</summary>
    public async Task UntilAsync(Func<bool> isSo, string what)
    {
        await Deadline.UntilAsync(() => Failed is not null || isSo(), what);
        if (Failed is { } failed) await failed;
    }

    /// <summary>Ends the load, and compares what was acknowledged with what everybody has heard, and with what every node shows.</summary>
    public async Task EndAndCheckAsync()
    {
        _stop.TrySetResult();
        await Task.WhenAll(_talks).OrFailAsync("the last answers");
        var said = _rooms.ToDictionary(room => room, Said);
        foreach (var client in Clients) await HearAllAsync(client, said);
        _leave.TrySetResult();
        await Task.WhenAll(_listens).OrFailAsync("the listeners");

        // As one text, so that a failure shows all of them.
        string.Join('\n', Clients.SelectMany(client => client.Faults())).Should().BeEmpty("seed {0}", TestScale.Seed);
        foreach (var client in Clients)
        {
            foreach (var room in _rooms) client.Look(room, heard => heard.Messages.Except(said[room]).ToList()).Should().BeEmpty("{0} has heard what nobody said in {1}", client.User, room);
        }

        foreach (var node in _cluster.Nodes) await CheckAsync(node, said);
    }

    public void Dispose()
    {
        _stop.TrySetResult();
        _leave.TrySetResult();
        foreach (var client in Clients) client.Dispose();
    }

    private Task? Failed => _talks.Concat(_listens).FirstOrDefault(task => task.IsFaulted);

    /// <summary>All that was acknowledged in a room: no number twice, and none left out.</summary>
    private SortedDictionary<long, string> Said(string room)
    {
        var all = Talkers.SelectMany(talker => talker.SaidIn(room)).ToList();
        all.Select(message => message.Key).Order().Should().Equal(Enumerable.Range(1, all.Count).Select(seq => (long)seq), "of {0} with seed {1}", room, TestScale.Seed);
        return new(all.ToDictionary());
    }

    private async Task HearAllAsync(NodeClient client, Dictionary<string, SortedDictionary<long, string>> said)
    {
        // Those who have talked no longer look whether their connection is there.
        if (Talkers.Any(talker => talker.Client == client)) await client.DoAsync(new { type = "PING" }, "end");
        await UntilAsync(() => said.All(room => client.Look(room.Key, heard => heard.Last) == room.Value.Count), $"{client.User} has heard all");
    }

    private async Task CheckAsync(ServerNode node, Dictionary<string, SortedDictionary<long, string>> said)
    {
        using var reader = new NodeReader(node, Listeners[0].User);
        foreach (var talker in Talkers)
        {
            var stored = await reader.HistoryAsync(talker.Own);
            stored.Should().Equal(said[talker.Own], "{0} shows all that was acknowledged in {1}, once, with seed {2}", node.Name, talker.Own, TestScale.Seed);
            (await reader.RoomAsync(talker.Own)).Should().Be((talker.Version, talker.Name), "{0} shows {1} so, with seed {2}", node.Name, talker.Own, TestScale.Seed);
        }
    }
}
