using FluentAssertions;
using RoomWs.Server.Configuration;
using RoomWs.Tests.Support;

namespace RoomWs.Tests.WholeServer.Nodes;

/// <summary>Three nodes over one database.</summary>
internal sealed class NodeCluster : IAsyncDisposable
{
    private const int Count = 3;

    /// <summary>No limit is in the way of the load, and an outage of a busy machine is ridden out.</summary>
    private static readonly string[] Flags =
    [
        "--limits-requests-per-second", "0",
        "--limits-user-requests-per-second", "0",
        "--limits-user-bytes-per-second", "0",
        "--limits-membership-actions-per-minute", "0",
        "--limits-creates-per-minute", "0",
        "--limits-adds-per-minute", "0",
        "--limits-ask-again-seconds", "0",
        "--limits-presence-members", "1",
        "--storage-retry-seconds", "60",
        "--log-level", "Warning",
        "--log-format", "json",
    ];

    private readonly PostgresDatabase? _database;
    private int _rooms;

    private NodeCluster(PostgresDatabase? database, string connection, string[] flags)
    {
        (_database, Connection) = (database, connection);
        Nodes = [.. Enumerable.Range(1, Count).Select(number => new ServerNode($"node{number}", connection, [.. Flags, .. flags]))];
    }

    /// <summary>The connection string that leads to the database directly.</summary>
    public string Connection { get; }

    public IReadOnlyList<ServerNode> Nodes { get; }

    /// <summary>Starts them over a database of their own on the PostgreSQL that the run was given.</summary>
    public static async Task<NodeCluster> StartAsync(params string[] flags)
    {
        var database = await PostgresDatabase.MakeAsync();
        var options = new RoomWsOptions();
        database.Use(options);
        return await StartAsync(database, options.Postgres!, flags);
    }

    /// <summary>Starts them over a database of the test's.</summary>
    public static Task<NodeCluster> StartAsync(OwnPostgres postgres, params string[] flags) => StartAsync(database: null, postgres.Connection, flags);

    /// <summary>A name that no room in the database has.</summary>
    public string NewRoomId() => $"room{Interlocked.Increment(ref _rooms)}";

    /// <summary>Of those that are up, the one that is so many after this one; itself where none is.</summary>
    public ServerNode UpFrom(ServerNode node, int steps)
    {
        var first = Nodes.Index().First(one => one.Item == node).Index;
        var up = Enumerable.Range(first, Nodes.Count).Select(index => Nodes[index % Nodes.Count]).Where(one => one.Url is not null).ToList();
        return up.Count == 0 ? node : up[steps % up.Count];
    }

    /// <summary>Ends all nodes in good order; none of them has logged a fault of its own.</summary>
    public async Task EndAsync()
    {
        foreach (var node in Nodes) await node.EndAsync();
        string.Join('\n', Nodes.SelectMany(node => node.Faults)).Should().BeEmpty();
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var node in Nodes) node.Dispose();
        if (_database is not null) await _database.DisposeAsync();
    }

    private static async Task<NodeCluster> StartAsync(PostgresDatabase? database, string connection, string[] flags)
    {
        var cluster = new NodeCluster(database, connection, flags);
        try
        {
            await Task.WhenAll(cluster.Nodes.Select(node => node.StartAsync()));
            return cluster;
        }
        catch
        {
            await cluster.DisposeAsync();
            throw;
        }
    }
}
