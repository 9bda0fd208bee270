using System.Net.WebSockets;
using FluentAssertions;
using NUnit.Framework;
using RoomWs.Tests.Support;

namespace RoomWs.Tests.Fanout;

/// <summary>A PostgreSQL that crashes, which empties the table of who is online, and a node that is killed.</summary>
[Category("Postgres")]
[FileOnly("It has a PostgreSQL of its own, to stop it.")]
[FixtureLifeCycle(LifeCycle.InstancePerTestCase)]
internal sealed class SharedPresenceFaultTests : IAsyncDisposable
{
    /// <summary>As if the table were emptied in an hour.</summary>
    private const string StayQuiet = "UPDATE presence_mark SET made_at = made_at + 3600000 WHERE mark <> '' RETURNING mark";

    /// <summary>As if it had been emptied long ago.</summary>
    private const string EndQuiet = "UPDATE presence_mark SET made_at = 0 RETURNING mark";

    private readonly OwnPostgres _postgres = OwnPostgres.Start();
    private readonly TestNodes _nodes;

    public SharedPresenceFaultTests() => _nodes = new TestNodes(_postgres.Connection);

    public async ValueTask DisposeAsync()
    {
        await _nodes.DisposeAsync();
        _postgres.Dispose();
    }

    [Test]
    public async Task A_crash_of_the_database_makes_nobody_go_but_those_whose_node_ended_with_it()
    {
        var (ann, cat) = await _nodes.WitnessesAsync();
        await _nodes.StartAsync("c");
        foreach (var name in (string[])["a", "b", "c"]) _nodes[name].ExpectsFaults = true;
        var bob = await _nodes.ConnectAsync("b", "bob");
        await _nodes.ConnectAsync("c", "dan");
        await _nodes.UntilRowsAsync("ann a 1", "bob b 1", "cat b 1", "dan c 1");

        _postgres.Stop();
        await _nodes.StopAsync("c");
        _postgres.StartAgain();
        await Deadline.UntilAsync(() => _nodes.Read(StayQuiet).Length == 1, "somebody has found the table emptied");
        await _nodes.UntilRowsAsync("ann a 1", "bob b 1", "cat b 1");
        // Whoever comes is told all the same; nobody who is there already, and nobody who goes.
        await bob.CloseAsync();
        await _nodes.UntilRowsAsync("ann a 1", "bob b 0", "cat b 1");
        await _nodes.ConnectAsync("a", "eve");
        (await TestNodes.HeardUntilAsync(ann, "eve ONLINE")).Order(StringComparer.Ordinal).Should().Equal("bob ONLINE", "dan ONLINE");
        (await TestNodes.HeardUntilAsync(cat, "eve ONLINE")).Order(StringComparer.Ordinal).Should().Equal("bob ONLINE", "dan ONLINE");
        (await TestNodes.OnlineAsync(ann, "ann")).Should().Equal("bob", "cat", "dan", "eve");

        _nodes.Read(EndQuiet);
        await _nodes.UntilRowsAsync("ann a 1", "cat b 1", "eve a 1");
        foreach (var witness in (TestClient[])[ann, cat]) await witness.UntilOnlineAsync("r", "ann", "cat", "eve");
        (await _nodes.HeardAsync("b", ann, "mark")).Order(StringComparer.Ordinal).Should().Equal("bob OFFLINE", "dan OFFLINE");
        (await TestNodes.HeardUntilAsync(cat, "mark ONLINE")).Order(StringComparer.Ordinal).Should().Equal("bob OFFLINE", "dan OFFLINE");
        foreach (var name in (string[])["a", "b"])
        {
            _nodes[name].Log.Entries.Where(entry => entry.Exception is not null || entry.EventId is 5001 or 5007).Should().BeEmpty();
            _nodes[name].Log.Entries.Count(entry => entry.EventId is 1010 or 1005).Should().BeLessThanOrEqualTo(1);
        }
    }

    [Test]
    public async Task The_users_of_a_killed_node_are_gone_once_on_every_other()
    {
        var (ann, cat) = await _nodes.WitnessesAsync();
        using var killed = ServerProcess.Run(["env", $"ROOMWS_Postgres={_postgres.Connection}"], ["serve", "--dev", "--port", "0", "--node-name", "c"]);
        var url = await killed.UrlAsync();
        using ClientWebSocket bob = new(), dan = new();
        await bob.ConnectAsync(new Uri($"{url}?user=bob"), CancellationToken.None);
        await dan.ConnectAsync(new Uri($"{url}?user=dan"), CancellationToken.None);
        await _nodes.UntilRowsAsync("ann a 1", "bob c 1", "cat b 1", "dan c 1");

        await killed.KillAsync();
        // One of them comes back at once.
        await _nodes.ConnectAsync("b", "dan");

        foreach (var witness in (TestClient[])[ann, cat])
            (await TestNodes.HeardUntilAsync(witness, "bob OFFLINE")).Order(StringComparer.Ordinal).Should().Equal("bob ONLINE", "dan ONLINE");
        await _nodes.UntilRowsAsync("ann a 1", "cat b 1", "dan b 1");
        (await _nodes.HeardAsync("b", ann, "mark")).Should().BeEmpty();
        (await TestNodes.HeardUntilAsync(cat, "mark ONLINE")).Should().BeEmpty();
    }
}
