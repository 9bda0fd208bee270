using Npgsql;
using RoomWs.Server.Configuration;

namespace RoomWs.Tests.Support;

/// <summary>Nodes over one PostgreSQL database that a test starts and ends one by one, with a room whose members are told who comes and goes.</summary>
internal sealed class TestNodes(string connection, TimeProvider? time = null, Action<RoomWsOptions>? configure = null) : IAsyncDisposable
{
    private readonly Dictionary<string, TestServer> _nodes = [];
    private readonly NpgsqlDataSource _database = NpgsqlDataSource.Create(connection);

    public TestServer this[string name] => _nodes[name];

    /// <summary>Starts a node, which may be one of a name that another had before.</summary>
    public async Task StartAsync(params string[] names)
    {
        foreach (var name in names)
        {
            await Deadline.UntilAsync(
                () => Read($"SELECT 'x' FROM pg_stat_activity WHERE datname = current_database() AND application_name = 'RoomWs {name}'").Length == 0,
                "the sessions of the one before it have ended");
            _nodes.Add(name, await TestServer.StartAsync(
                options =>
                {
                    (options.Postgres, options.NodeName, options.StorageRetrySeconds) = (connection, name, 60);
                    options.Limits.PresenceMembers = 1_000;
                    configure?.Invoke(options);
                },
                time));
        }
    }

    public async Task StopAsync(string name)
    {
        _nodes.Remove(name, out var node);
        await node!.DisposeAsync();
    }

    /// <summary>Starts two nodes, and connects to each one of a room who is told of its other members from here on. The two know of each other.</summary>
    public async Task<(TestClient Ann, TestClient Cat)> WitnessesAsync()
    {
        await StartAsync("a", "b");
        var ann = await ConnectAsync("a", "ann");
        await ann.CreateRoomAsync("r", members: ["bob", "cat", "dan", "eve", "mark"]);
        var cat = await ConnectAsync("b", "cat");
        foreach (var client in (TestClient[])[ann, cat])
        {
            await client.UntilOnlineAsync("r", "ann", "cat");
            await client.TakeAllAsync();
        }

        return (ann, cat);
    }

    public Task<TestClient> ConnectAsync(string node, string userId) => TestClient.ConnectAsync(_nodes[node], userId);

    /// <summary>Whoever is told by this client, until a user comes who was never there: all that is told is there once that is.</summary>
    public async Task<List<string>> HeardAsync(string node, TestClient client, string mark)
    {
        using var marking = await ConnectAsync(node, mark);
        return await HeardUntilAsync(client, $"{mark} ONLINE");
    }

    /// <summary>Who came and went as a client is told, up to this.</summary>
    public static async Task<List<string>> HeardUntilAsync(TestClient client, string last)
    {
        var heard = new List<string>();
        while (heard.Count == 0 || heard[^1] != last)
        {
            var frame = await client.NextAsync();
            if (frame.Type() == "ROOM_PRESENCE") heard.Add($"{frame.Text("userId")} {frame.Text("status")}");
        }

        return heard[..^1];
    }

    /// <summary>Who is shown as online to a client, beside itself.</summary>
    public static async Task<string[]> OnlineAsync(TestClient client, string userId, string roomId = "r") =>
    [
        .. (await client.SucceedAsync("ROOM_CREATED", new { type = "ROOM_MEMBERS", roomId })).GetProperty("memberDetails").EnumerateArray()
            .Where(member => member.GetProperty("online").GetBoolean() && member.Text("userId") != userId)
            .Select(member => member.Text("userId"))
            .Order(StringComparer.Ordinal),
    ];

    /// <summary>The rows of who is online, in the order of users and nodes.</summary>
    public string[] Rows() => Read("SELECT user_id || ' ' || node || ' ' || connections FROM presence ORDER BY user_id, node");

    public Task UntilRowsAsync(params string[] rows) => Deadline.UntilAsync(() => Rows().SequenceEqual(rows), $"the table has {string.Join(", ", rows)}");

    /// <summary>Looks into the database past the nodes.</summary>
    public string[] Read(string sql)
    {
        try
        {
            using var session = _database.OpenConnection();
            return [.. session.Rows(sql, row => row.GetString(0))];
        }
        catch (NpgsqlException)
        {
            // Of a server that was started again the sessions of before are gone.
            _database.Clear();
            using var session = _database.OpenConnection();
            return [.. session.Rows(sql, row => row.GetString(0))];
        }
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var name in _nodes.Keys.ToList()) await StopAsync(name);
        await _database.DisposeAsync();
    }
}
