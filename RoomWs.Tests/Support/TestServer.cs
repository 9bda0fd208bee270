using FluentAssertions;
using Microsoft.Extensions.Logging;
using RoomWs.Server.Configuration;
using RoomWs.Server.Hosting;
using RoomWs.Server.Sessions;

namespace RoomWs.Tests.Support;

/// <summary>
/// The real server in this process, on a free port and a database of its own; or where the run is for several nodes, these over one database, and each client
/// that connects is given the next of them. It ends its clients before itself, and fails the test when its log holds an error that the test did not announce,
/// or when a change has read what it had not named before.
/// </summary>
internal sealed class TestServer : IAsyncDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("roomws-server-").FullName;
    private readonly List<IDisposable> _clients = [];
    private readonly TimeProvider _time;
    private readonly PrefetchMisses _misses = new();
    private readonly List<RoomWsServer> _nodes = [];
    private readonly int _nodeCount;
    private TestDatabase? _database;
    private ILoggerFactory? _loggers;
    private int _givenOut;

    private TestServer(TimeProvider? time, int? nodes)
    {
        (_time, _nodeCount) = (time ?? TimeProvider.System, nodes ?? TestScale.Nodes);
        // Limits stand in the way of tests that are not about them.
        Options = new RoomWsOptions { Port = 0, Dev = true };
        Options.Limits.RequestsPerSecond = 0;
        Options.Limits.MembershipActionsPerMinute = 0;
        Options.Limits.AskAgainSeconds = 0;
        (Options.Limits.CreatesPerMinute, Options.Limits.AddsPerMinute) = (0, 0);
        // Who comes online is told in its own time, and would stand between the frames of tests that are not about it.
        Options.Limits.PresenceMembers = 1;
        Options.Limits.OutboundQueueBytes = 64 * 1_048_576;
        Options.Limits.ConnectionsPerUser = 0;
        // However busy the machine is, and however far a test moves the clock: nobody is late with a HELLO or a pong, but where a test is about that.
        if (_time == TimeProvider.System) Options.IdentifySeconds = 86_400;
        (Options.PingSeconds, Options.DeadSeconds) = (86_400, 86_400);
        Options.FeedStaleSeconds = 0;
    }

    private RoomWsServer First => _nodes.Count > 0 ? _nodes[0] : throw new InvalidOperationException("The server does not run.");

    public RoomWsOptions Options { get; }

    /// <summary>What the server keeps its rooms in, past it.</summary>
    public TestDatabase Database => _database ?? throw new InvalidOperationException("The server was never started.");

    public MemoryLog Log { get; } = new();

    /// <summary>Set by a test that makes the server fail on purpose.</summary>
    public bool ExpectsFaults { get; set; }

    /// <summary>What a client cannot see: whether the server keeps what it should not.</summary>
    public ServerCore Core => _nodes.Count <= 1 ? First.Core : throw new InvalidOperationException("Of several nodes none is the server: mark the test with [OneNode].");

    /// <summary>What a client cannot see of each node.</summary>
    public IReadOnlyList<ServerCore> Cores => [.. _nodes.Select(node => node.Core)];

    /// <summary>Of all nodes.</summary>
    public IEnumerable<ClientConnection> Connections => _nodes.SelectMany(node => node.Core.Connections.All);

    public Uri Url => new(First.Url);

    /// <summary>Where operators ask.</summary>
    public Uri OpsUrl => new(First.OpsUrl ?? throw new InvalidOperationException("The server has no port for operators."));

    /// <summary>A folder for what a test has to keep, where the database is too if it is a file; it goes away with the server.</summary>
    public string Folder => _folder;

    /// <summary>Makes a database, and starts the server on it.</summary>
    /// <param name="configure">The settings of the test.</param>
    /// <param name="time">The clock of the server.</param>
    /// <param name="nodes">How many nodes it has on PostgreSQL. Null for as many as the run is for.</param>
    public static async Task<TestServer> StartAsync(Action<RoomWsOptions>? configure = null, TimeProvider? time = null, int? nodes = null)
    {
        var server = new TestServer(time, nodes);
        try
        {
            server._database = await TestDatabase.MakeAsync(server._folder);
            server._database.Use(server.Options);
            configure?.Invoke(server.Options);
            await server.StartAsync();
            return server;
        }
        catch
        {
            await server.StopAsync();
            await server.DeleteAsync();
            throw;
        }
    }

    /// <summary>Ends the server and starts it again on the same database, maybe with other settings. All clients are gone then.</summary>
    public async Task RestartAsync(Action<RoomWsOptions>? configure = null)
    {
        await StopAsync();
        configure?.Invoke(Options);
        await StartAsync();
    }

    /// <summary>A client that ends before the server does: Kestrel would wait half a minute for one that stays.</summary>
    public T Track<T>(T client)
        where T : IDisposable
    {
        lock (_clients) _clients.Add(client);
        return client;
    }

    /// <summary>What SIGHUP does.</summary>
    public void ReloadCertificate() => _nodes.ForEach(node => node.ReloadCertificate());

    /// <summary>
    /// Ends when each of several nodes has told all that is committed by now, and heard what the others say of cursors and typing: what one client does after another is
    /// after it on any node, then.
    /// </summary>
    public async Task SettleAsync()
    {
        if (_nodes.Count <= 1) return;
        foreach (var node in _nodes) await node.Core.CatchUpAsync();
        // Some of it has an answer.
        for (var i = 0; i < 2; i++) await HearAllAsync();
    }

    /// <summary>Ends one of several nodes, whose clients are gone.</summary>
    public async Task StopNodeAsync(int node)
    {
        await _nodes[node].DisposeAsync().AsTask().OrFailAsync("the end of the node");
        _nodes.RemoveAt(node);
    }

    /// <summary>Has the next client connect to this node.</summary>
    public void SendNextTo(int node) => _givenOut = node - 1;

    /// <summary>Where the next client connects.</summary>
    public Uri NextUrl() => new(_nodes[(int)((uint)Interlocked.Increment(ref _givenOut) % _nodes.Count)].Url);

    public async ValueTask DisposeAsync()
    {
        await StopAsync();
        await DeleteAsync();
        _misses.Count.Should().Be(0, "each command names what it looks at");
        if (!ExpectsFaults) Log.Faults.Where(entry => !IsOfSlowMachine(entry)).Should().BeEmpty("nothing that a client does may make the server fail");
    }

    /// <summary>Of several nodes on a machine with more to do than it can, one may be too slow for a transaction. That is ridden out, and said in one line.</summary>
    private static bool IsOfSlowMachine(LogEntry entry) => entry is { EventId: 1010, Exception: null } && entry.Message.Contains("SQLSTATE 25P03", StringComparison.Ordinal);

    private async Task StartAsync()
    {
        _loggers ??= Log.CreateFactory(isComplete: Options.LogLevel == LogLevel.Trace);
        for (var node = 0; node < (Database is PostgresDatabase ? _nodeCount : 1); node++)
        {
            _nodes.Add(await RoomWsServer.StartAsync(Options, _time, databaseTime: _time as ManualTimeProvider, _loggers, CancellationToken.None).OrFailAsync("the start of the server"));
            _misses.Watch(_nodes[^1].Core.Metrics.Meter);
        }

        await Deadline.UntilAsync(() => _nodes.TrueForAll(node => node.Core.Peers.Count >= _nodes.Count - 1), "each node knows the others");
        await SettleAsync();
    }

    private async Task HearAllAsync()
    {
        var said = _nodes.ConvertAll(node => (node.Core.Peers, node.Core.Peers.Said));
        await Deadline.UntilAsync(
            () => said.TrueForAll(one => _nodes.TrueForAll(node => node.Core.Peers == one.Peers || node.Core.Peers.HeardOf(one.Peers) >= one.Said)),
            "each node has heard what the others have said");
    }

    private async Task DeleteAsync()
    {
        _loggers?.Dispose();
        Log.Dispose();
        _misses.Dispose();
        if (_database is not null) await _database.DisposeAsync();
        Directory.Delete(_folder, recursive: true);
    }

    private async Task StopAsync()
    {
        foreach (var client in _clients) client.Dispose();
        _clients.Clear();
        foreach (var node in _nodes) await node.DisposeAsync().AsTask().OrFailAsync("the end of the server");
        _nodes.Clear();
    }
}
