using System.Text.Json;
using System.Text.Json.Nodes;
using FluentAssertions;
using NUnit.Framework;
using RoomWs.Tests.Support;

namespace RoomWs.Tests.WholeServer.Nodes;

/// <summary>A PostgreSQL that comes back without what it had committed last, as a replica does that was behind.</summary>
[Category("Postgres")]
[FixtureLifeCycle(LifeCycle.InstancePerTestCase)]
internal sealed class LostPastTests : IDisposable
{
    private readonly OwnPostgres _postgres = OwnPostgres.Start();

    public void Dispose() => _postgres.Dispose();

    [Test]
    public async Task Nodes_whose_position_is_gone_close_their_clients_and_go_on_from_what_there_is()
    {
        await using var cluster = await NodeCluster.StartAsync(_postgres, "--feed-stale-seconds", "0");
        var roomId = cluster.NewRoomId();
        using (var maker = await OpenAsync(cluster.Nodes[0], "user0"))
        {
            await AskAsync(maker, new { type = "ROOM_CREATE", roomId, memberIds = new[] { "user1", "user2" } });
            await AskAsync(maker, new { type = "ROOM_MESSAGE", roomId, content = "kept" });
        }

        _postgres.Stop();
        _postgres.Copy();
        _postgres.StartAgain();
        var connections = await Task.WhenAll(cluster.Nodes.Select((node, number) => OpenAsync(node, $"user{number}")));
        for (var i = 0; i < 6; i++) await AskAsync(connections[i % connections.Length], new { type = "ROOM_MESSAGE", roomId, content = "lost" });
        // It has taken numbers for its rooms that another will be given.
        await AskAsync(connections[1], new { type = "ROOM_CREATE" });
        _postgres.Stop();
        _postgres.Restore();
        _postgres.StartAgain();

        foreach (var connection in connections) (await connection.Ended.OrFailAsync("the end of the connection")).Should().Be("close 1012");
        foreach (var node in Enumerable.Reverse(cluster.Nodes))
        {
            using var maker = await OpenAsync(node, "maker");
            for (var i = 0; i < 3; i++) await AskAsync(maker, new { type = "ROOM_CREATE" });
        }

        var heard = new List<string>();
        var again = await Task.WhenAll(cluster.Nodes.Select((node, number) => OpenAsync(node, $"user{number}", frame => Hear(frame, number))));
        for (var i = 0; i < again.Length; i++) (await AskAsync(again[i], new { type = "ROOM_MESSAGE", roomId, content = "new" })).Number("seq").Should().Be(2 + i);
        await Deadline.UntilAsync(() => Count() == 6, "each has heard the two others");
        heard.Order(StringComparer.Ordinal).Should().Equal("0: 3", "0: 4", "1: 2", "1: 4", "2: 2", "2: 3");
        foreach (var node in cluster.Nodes)
        {
            using var reader = new NodeReader(node, "user0");
            (await reader.HistoryAsync(roomId)).Select(message => message.Value).Should().Equal("kept", "new", "new", "new");
        }

        void Hear(JsonElement frame, int number)
        {
            lock (heard)
            {
                if (frame.Type() == "ROOM_MESSAGE") heard.Add($"{number}: {frame.Number("seq")}");
            }
        }

        int Count()
        {
            lock (heard) return heard.Count;
        }
    }

    private static async Task<NodeConnection> OpenAsync(ServerNode node, string user, Action<JsonElement>? take = null)
    {
        var connection = await NodeConnection.TryOpenAsync(node.Url!, user, take ?? (_ => { }));
        await AskAsync(connection!, new { type = "PING" });
        return connection!;
    }

    private static async Task<JsonElement> AskAsync(NodeConnection connection, object request)
    {
        var reply = await connection.AskAsync((JsonObject)JsonSerializer.SerializeToNode(request)!);
        reply!.Value.Code().Should().BeNull(reply.Value.GetRawText());
        return reply.Value;
    }
}
