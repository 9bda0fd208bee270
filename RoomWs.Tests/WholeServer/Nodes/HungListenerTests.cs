using System.Text.Json.Nodes;
using FluentAssertions;
using NUnit.Framework;
using RoomWs.Tests.Support;

namespace RoomWs.Tests.WholeServer.Nodes;

/// <summary>A node that hangs while nothing of its own is under way: what it has still to tell, and its users.</summary>
internal sealed class HungListenerTests : NodesTest
{
    // However long it hangs, it goes on where it was.
    protected override string[] Flags => ["--feed-stale-seconds", "0", "--limits-connections-per-user", "2"];

    [Test]
    public async Task It_tells_all_updates_of_a_board_also_those_that_are_in_snapshots_by_then()
    {
        const int updates = 20;
        var (node, roomId) = (Cluster.Nodes[1], Cluster.NewRoomId());
        var heard = new List<long>();
        using var drawer = await OpenAsync(Cluster.Nodes[0], "ann");
        await AskAsync(drawer, new() { ["type"] = "ROOM_CREATE", ["roomId"] = roomId });
        await AskAsync(drawer, new() { ["type"] = "ROOM_BOARD_CREATE", ["roomId"] = roomId, ["boardId"] = "b", ["name"] = "b" });
        using var listener = (await NodeConnection.TryOpenAsync(node.Url!, "ann", frame =>
        {
            if (frame.Type() != "ROOM_BOARD_UPDATED") return;
            lock (heard) heard.Add(frame.Number("seq"));
        }))!;
        await AskAsync(listener, new() { ["type"] = "ROOM_ENTER", ["roomId"] = roomId });

        node.Hang();
        try
        {
            for (var seq = 1; seq <= updates; seq++)
            {
                await AskAsync(drawer, new() { ["type"] = "ROOM_BOARD_UPDATE", ["roomId"] = roomId, ["boardId"] = "b", ["payload"] = $"u{seq}" });
                await AskAsync(drawer, new() { ["type"] = "ROOM_BOARD_SNAPSHOT", ["roomId"] = roomId, ["boardId"] = "b", ["payload"] = $"s{seq}", ["seq"] = seq });
            }
        }
        finally
        {
            node.WakeUp();
        }

        await Deadline.UntilAsync(() => Count() == updates, "all are told");
        heard.Should().Equal(Enumerable.Range(1, updates).Select(seq => (long)seq));

        int Count()
        {
            lock (heard) return heard.Count;
        }
    }

    [Test]
    public async Task Its_users_come_in_at_another_node_when_it_has_hung_for_long()
    {
        using var first = await OpenAsync(Cluster.Nodes[0], "ben");
        using var second = await OpenAsync(Cluster.Nodes[0], "ben");
        Cluster.Nodes[0].Hang();
        try
        {
            await Deadline.UntilAsync(IsInAsync, "its places are free");
        }
        finally
        {
            Cluster.Nodes[0].WakeUp();
        }

        using var again = await OpenAsync(Cluster.Nodes[0], "cat");
        await AskAsync(again, new() { ["type"] = "ROOM_CREATE", ["roomId"] = Cluster.NewRoomId() });

        async Task<bool> IsInAsync()
        {
            using var newcomer = await NodeConnection.TryOpenAsync(Cluster.Nodes[1].Url!, "ben", static _ => { });
            return newcomer is not null && await newcomer.AskAsync(new JsonObject { ["type"] = "PING" }) is not null;
        }
    }

    private static async Task<NodeConnection> OpenAsync(ServerNode node, string user)
    {
        var connection = (await NodeConnection.TryOpenAsync(node.Url!, user, static _ => { }))!;
        await AskAsync(connection, new() { ["type"] = "PING" });
        return connection;
    }

    private static async Task AskAsync(NodeConnection connection, JsonObject request)
    {
        var reply = await connection.AskAsync(request).OrFailAsync($"the reply to {request["type"]}");
        reply!.Value.Code().Should().BeNull(reply.Value.GetRawText());
    }
}
