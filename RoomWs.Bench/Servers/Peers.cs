using RoomWs.Bench.Load;

namespace RoomWs.Bench.Servers;

/// <summary>Starts the servers that RoomWs is measured beside, and knows which of them can run on this machine.</summary>
internal sealed class Peers
{
    public const string RoomWs = "RoomWs";
    public const string RoomWsOnPostgres = "RoomWs on PostgreSQL";
    public const string SignalR = "SignalR";
    public const string SocketIo = "Socket.IO";
    public const string Ws = "ws";

    private static readonly Dictionary<string, string> Names = new(StringComparer.OrdinalIgnoreCase)
    {
        ["signalr"] = SignalR,
        ["socket.io"] = SocketIo,
        ["ws"] = Ws,
    };

    private readonly List<string> _present = [];

    /// <summary>Selects the peers of these names, or all if there are none, and leaves out those that cannot run here.</summary>
    public Peers(IReadOnlyCollection<string> names)
    {
        var wanted = Names.Where(name => names.Count == 0 || names.Contains(name.Key, StringComparer.OrdinalIgnoreCase)).Select(name => name.Value).ToList();
        var obstacle = wanted.Exists(NeedsNode) ? NodePackages.Prepare() : null;
        _present.AddRange(wanted.Where(name => obstacle is null || !NeedsNode(name)));
        if (obstacle is not null) Note = $"Left out, because {obstacle}: {string.Join(", ", wanted.Where(NeedsNode))}.";

        foreach (var name in _present) Versions[name] = VersionOf(name);
        if (_present.Exists(NeedsNode)) Versions["Node.js"] = NodePackages.NodeVersion();
    }

    public static IReadOnlyCollection<string> KnownNames => Names.Keys;

    /// <summary>Why some peers are left out; null if none is.</summary>
    public string? Note { get; }

    public SortedDictionary<string, string> Versions { get; } = new(StringComparer.Ordinal) { [RoomWs] = typeof(Server.Hosting.RoomWsServer).Assembly.GetName().Version!.ToString(3) };

    /// <summary>The peers that will be measured, without RoomWs.</summary>
    public IReadOnlyList<string> Present => _present;

    public static ServerUnderTest Start(string name) => name switch
    {
        // Server GC, which is the default of an application made with the web SDK.
        SignalR => ServerUnderTest.Start(name, Dialect.SignalR, "dotnet", [Path.Combine(AppContext.BaseDirectory, "RoomWs.Bench.dll"), "peer", "signalr"], new Dictionary<string, string>(StringComparer.Ordinal) { ["DOTNET_gcServer"] = "1" }),
        SocketIo => StartNode(name, Dialect.SocketIo, "socketio.js"),
        Ws => StartNode(name, Dialect.Ws, "ws.js"),
        _ => throw new LoadException($"There is no server {name}."),
    };

    private static ServerUnderTest StartNode(string name, Dialect dialect, string script) =>
        ServerUnderTest.Start(name, dialect, "node", [NodePackages.Script(script)], new Dictionary<string, string>(StringComparer.Ordinal) { ["NODE_ENV"] = "production" });

    private static bool NeedsNode(string name) => name is SocketIo or Ws;

    private static string VersionOf(string name) => name switch
    {
        SocketIo => NodePackages.VersionOf("socket.io"),
        Ws => NodePackages.VersionOf("ws"),
        _ => SignalRPeer.Version,
    };
}
