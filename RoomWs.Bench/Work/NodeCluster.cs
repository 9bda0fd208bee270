using RoomWs.Bench.Load;
using RoomWs.Bench.Servers;

namespace RoomWs.Bench.Work;

/// <summary>Nodes over a database of their own, some of which get messages from clients.</summary>
internal sealed class NodeCluster : IDisposable
{
    private const int Senders = 128;

    private readonly LoadLoop _loop;
    private readonly PostgresDatabase _database;
    private readonly List<ServerUnderTest> _nodes = [];
    private readonly int _loaded;
    private readonly RequestLoad _load;
    private readonly DeliveryProbe _probe;

    /// <summary>Starts the nodes, and connects the clients.</summary>
    /// <param name="loop">The clients' loop.</param>
    /// <param name="postgres">Where the database is made.</param>
    /// <param name="count">The number of nodes.</param>
    /// <param name="loaded">How many of them get messages. The others have clients too, who are silent, in rooms of their own.</param>
    /// <param name="start">Starts a node.</param>
    public NodeCluster(LoadLoop loop, PostgresServer postgres, int count, int loaded, Func<PostgresDatabase, ServerUnderTest> start)
    {
        (_loop, _database, _loaded) = (loop, postgres.Make(), loaded);
        try
        {
            for (var i = 0; i < count; i++) _nodes.Add(start(_database));
            var senders = Enumerable.Range(0, loaded).SelectMany(i => Connect(_nodes[i], i * Senders, Senders / loaded)).ToList();
            for (var i = loaded; i < count; i++) Connect(_nodes[i], i * Senders, Senders);
            _load = new RequestLoad(loop, _nodes[..loaded], senders, sender => Message(RoomOf(sender)), "{\"type\":\"ROOM_MESSAGE_RESPONSE\""u8);
            _probe = Probe(_nodes[0], _nodes[loaded - 1]);
        }
        catch
        {
            Dispose();
            throw;
        }
    }

    /// <summary>The node that is last, and has no member of a room with messages where not all are loaded.</summary>
    public ServerUnderTest Last => _nodes[^1];

    /// <summary>Lets each sender keep so many messages unanswered, and measures how long one takes among them.</summary>
    public Dictionary<string, double> Run(TimeSpan time, int depth)
    {
        var batches = _database.Batches();
        _probe.Start();
        var figures = _load.Run(time, depth);
        foreach (var (name, value) in _probe.Stop()) figures[name] = value;
        // Of one node there is no other.
        if (_loaded == 1) _ = figures.Remove(DeliveryProbe.BehindMedian) && figures.Remove(DeliveryProbe.BehindMost);
        figures["node_us"] = 1e6 / figures["per_cpu_s"];
        figures["per_batch"] = (figures["answers"] + _probe.Count) / Math.Max(1, _database.Batches() - batches);
        return figures;
    }

    /// <summary>Measures how long one message takes where there is no other.</summary>
    public Dictionary<string, double> RunProbe(TimeSpan time)
    {
        _probe.Start();
        _loop.PumpFor(time);
        return _probe.Stop();
    }

    public void Dispose()
    {
        _nodes.ForEach(node => node.Dispose());
        _database.Dispose();
    }

    private LoadClient[] Connect(ServerUnderTest node, int firstUser, int count)
    {
        var clients = _loop.ConnectAll(node, RoomSetup.Users(firstUser, count), node.Dialect.Greeting);
        foreach (var client in clients) RoomSetup.Create(_loop, client, RoomOf(client), []);
        return clients;
    }

    private DeliveryProbe Probe(ServerUnderTest here, ServerUnderTest there)
    {
        var (sender, member) = (_loop.ConnectAll(here, ["sender"], here.Dialect.Greeting)[0], _loop.ConnectAll(there, ["member"], there.Dialect.Greeting)[0]);
        RoomSetup.Create(_loop, sender, "probe", ["member"]);
        return new DeliveryProbe(_loop, sender, member, Message("probe"));
    }

    private static string RoomOf(LoadClient client) => "room-of-" + client.User;

    private static string Message(string roomId) =>
        $$"""{"type":"ROOM_MESSAGE","correlationId":"{{NumberedMessage.Placeholder}}","roomId":"{{roomId}}","clientMessageId":"{{NumberedMessage.Placeholder}}","content":"{{Dialect.Content}}"}""";
}
