using System.Text.Json.Nodes;
using FluentAssertions;
using NUnit.Framework;
using RoomWs.Tests.Support;

namespace RoomWs.Tests.WholeServer.Nodes;

/// <summary>A node that has no other beside it, and so says nothing on its sessions for long.</summary>
[Category("Postgres")]
internal sealed class LoneNodeTests
{
    [Test]
    public async Task It_lives_through_a_database_that_is_away_for_long()
    {
        using var postgres = OwnPostgres.Start();
        using var node = new ServerNode("alone", postgres.Connection, ["--log-level", "Warning", "--log-format", "json"]);
        await node.StartAsync();

        postgres.Stop();
        await Deadline.UntilAsync(async () => !await IsInAsync(node), "it has noticed, and takes nobody");
        postgres.StartAgain();
        await Deadline.UntilAsync(() => IsInAsync(node), "it takes clients again");

        await node.EndAsync();
        node.Faults.Should().BeEmpty();
    }

    private static async Task<bool> IsInAsync(ServerNode node)
    {
        using var connection = await NodeConnection.TryOpenAsync(node.Url!, "ann", static _ => { });
        return connection is not null && await connection.AskAsync(new JsonObject { ["type"] = "PING" }) is not null;
    }
}
