using System.Text.Json;
using FluentAssertions;
using NUnit.Framework;
using RoomWs.Server.Fanout;
using RoomWs.Server.Storage.Postgres;
using RoomWs.Tests.Storage.Postgres;
using RoomWs.Tests.Support;

namespace RoomWs.Tests.Fanout;

/// <summary>Users whose sockets are on several nodes of one database, by a clock that stands still.</summary>
[Category("Postgres")]
[FileOnly("Its nodes have a PostgreSQL database of their own, and each is started by itself.")]
[FixtureLifeCycle(LifeCycle.InstancePerTestCase)]
internal sealed class SharedPresenceTests : IAsyncDisposable
{
    private readonly EmptyDatabase _database = new();
    private readonly ManualTimeProvider _time = new();
    private readonly TestNodes _nodes;

    public SharedPresenceTests() => _nodes = new TestNodes(_database.ConnectionString, _time);

    public async ValueTask DisposeAsync()
    {
        await _nodes.DisposeAsync();
        _database.Dispose();
    }

    [Test]
    public async Task A_user_who_comes_to_two_nodes_and_goes_from_both_at_once_is_told_once_each()
    {
        var (ann, cat) = await _nodes.WitnessesAsync();
        var bobs = await Task.WhenAll(_nodes.ConnectAsync("a", "bob"), _nodes.ConnectAsync("b", "bob"));
        await _nodes.UntilRowsAsync("ann a 1", "bob a 1", "bob b 1", "cat b 1");
        (await TestNodes.OnlineAsync(ann, "ann")).Should().Equal("bob", "cat");
        (await TestNodes.OnlineAsync(cat, "cat")).Should().Equal("ann", "bob");

        await Task.WhenAll(bobs.Select(bob => bob.CloseAsync()));
        await _nodes.UntilRowsAsync("ann a 1", "bob a 0", "bob b 0", "cat b 1");
        _time.Advance(Presence.Grace);
        await _nodes.UntilRowsAsync("ann a 1", "cat b 1");

        (await _nodes.HeardAsync("a", ann, "mark")).Should().Equal("bob ONLINE", "bob OFFLINE");
        (await TestNodes.HeardUntilAsync(cat, "mark ONLINE")).Should().Equal("bob ONLINE", "bob OFFLINE");
    }

    [Test]
    public async Task A_user_is_there_as_long_as_it_is_on_one_node()
    {
        var (ann, cat) = await _nodes.WitnessesAsync();
        var (first, _) = (await _nodes.ConnectAsync("a", "bob"), await _nodes.ConnectAsync("b", "bob"));
        await _nodes.UntilRowsAsync("ann a 1", "bob a 1", "bob b 1", "cat b 1");

        await first.CloseAsync();
        await _nodes.UntilRowsAsync("ann a 1", "bob a 0", "bob b 1", "cat b 1");
        _time.Advance(Presence.Grace);
        await _nodes.UntilRowsAsync("ann a 1", "bob b 1", "cat b 1");

        (await _nodes.HeardAsync("b", ann, "mark")).Should().Equal("bob ONLINE");
        (await TestNodes.HeardUntilAsync(cat, "mark ONLINE")).Should().Equal("bob ONLINE");
    }

    [Test]
    public async Task Whoever_comes_back_to_another_node_within_the_grace_was_never_away()
    {
        var (ann, _) = await _nodes.WitnessesAsync();
        var bob = await _nodes.ConnectAsync("a", "bob");
        await _nodes.UntilRowsAsync("ann a 1", "bob a 1", "cat b 1");
        string[] nodes = ["b", "a"];
        for (var i = 0; i < 6; i++)
        {
            await bob.CloseAsync();
            await _nodes.UntilRowsAsync([.. new[] { "ann a 1", $"bob {nodes[(i + 1) % 2]} 0", "cat b 1" }.Order(StringComparer.Ordinal)]);
            _time.Advance(Presence.Grace - TimeSpan.FromMilliseconds(1));
            bob = await _nodes.ConnectAsync(nodes[i % 2], "bob");
            // The client knows that it is in; so does the node that it has left.
            await bob.SettleAsync();
            _time.Advance(Presence.Grace);
            await _nodes.UntilRowsAsync([.. new[] { "ann a 1", $"bob {nodes[i % 2]} 1", "cat b 1" }.Order(StringComparer.Ordinal)]);
        }

        (await _nodes.HeardAsync("a", ann, "mark")).Should().Equal("bob ONLINE");
    }

    [Test]
    public async Task A_node_that_comes_later_shows_and_tells_who_is_there_as_the_others_do()
    {
        var (ann, _) = await _nodes.WitnessesAsync();
        var bob = await _nodes.ConnectAsync("b", "bob");
        await _nodes.UntilRowsAsync("ann a 1", "bob b 1", "cat b 1");

        await _nodes.StartAsync("c");
        var dan = await _nodes.ConnectAsync("c", "dan");
        (await TestNodes.OnlineAsync(dan, "dan")).Should().Equal("ann", "bob", "cat");
        (await dan.EnterAsync("r")).GetProperty("members").EnumerateArray().Where(member => !member.GetProperty("online").GetBoolean()).Select(member => member.Text("userId"))
            .Should().Equal("eve", "mark");

        await bob.CloseAsync();
        await _nodes.UntilRowsAsync("ann a 1", "bob b 0", "cat b 1", "dan c 1");
        _time.Advance(Presence.Grace);
        (await TestNodes.HeardUntilAsync(dan, "bob OFFLINE")).Should().BeEmpty();
        (await TestNodes.HeardUntilAsync(ann, "bob OFFLINE")).Should().Equal("bob ONLINE", "dan ONLINE");
    }

    [Test]
    public async Task The_users_of_a_node_that_has_ended_have_a_grace_to_come_back_to_another()
    {
        var (ann, _) = await _nodes.WitnessesAsync();
        await _nodes.StartAsync("c");
        await _nodes.ConnectAsync("c", "bob");
        await _nodes.ConnectAsync("c", "dan");
        await _nodes.UntilRowsAsync("ann a 1", "bob c 1", "cat b 1", "dan c 1");

        await _nodes.StopAsync("c");
        await Deadline.UntilAsync(() => !_nodes.Rows().Any(row => row.Contains(" c ", StringComparison.Ordinal)), "another node has the users");
        _nodes.Rows().Should().HaveCount(4);
        await _nodes.ConnectAsync("b", "bob");
        await _nodes.ConnectAsync("b", "eve");
        await Deadline.UntilAsync(() => _nodes.Rows().Intersect(["bob b 1", "eve b 1"]).Count() == 2, "both are there");
        _time.Advance(Presence.Grace);

        (await TestNodes.HeardUntilAsync(ann, "dan OFFLINE")).Order(StringComparer.Ordinal).Should().Equal("bob ONLINE", "dan ONLINE", "eve ONLINE");
        (await _nodes.HeardAsync("a", ann, "mark")).Should().BeEmpty();
        _nodes.Read("SELECT convert_from(body, 'UTF8') FROM feed ORDER BY position").Should().ContainSingle(body => body.EndsWith(",\"gone\":\"c\"}", StringComparison.Ordinal));
    }

    [Test]
    public async Task A_node_that_starts_again_under_its_name_has_its_users_until_their_grace_is_over()
    {
        await _nodes.StartAsync("a");
        var ann = await _nodes.ConnectAsync("a", "ann");
        await ann.CreateRoomAsync("r", members: ["bob", "cat", "mark"]);
        await _nodes.ConnectAsync("a", "bob");
        await _nodes.ConnectAsync("a", "cat");
        await _nodes.UntilRowsAsync("ann a 1", "bob a 1", "cat a 1");

        await _nodes.StopAsync("a");
        await _nodes.StartAsync("a");
        ann = await _nodes.ConnectAsync("a", "ann");
        (await TestNodes.OnlineAsync(ann, "ann")).Should().Equal("bob", "cat");
        await _nodes.ConnectAsync("a", "bob");
        await _nodes.UntilRowsAsync("ann a 1", "bob a 1", "cat a 0");
        _time.Advance(Presence.Grace);

        (await TestNodes.HeardUntilAsync(ann, "cat OFFLINE")).Should().BeEmpty();
        (await _nodes.HeardAsync("a", ann, "mark")).Should().BeEmpty();
    }

    [Test]
    public async Task A_node_that_was_taken_for_gone_says_that_its_users_are_there()
    {
        var (ann, cat) = await _nodes.WitnessesAsync();
        await _nodes.ConnectAsync("a", "bob");
        await _nodes.UntilRowsAsync("ann a 1", "bob a 1", "cat b 1");

        // Its name is free for a moment, and its session for presence lost, until another looks just then.
        await Deadline.UntilAsync(
            () =>
            {
                _database.Read<bool>($"""
                    SELECT pg_terminate_backend(pid) FROM pg_locks WHERE locktype = 'advisory' AND (classid::bigint << 32) | objid::bigint IN ({AdvisoryKey.Node("a")}, {AdvisoryKey.Presence("a")})
                        AND database = (SELECT oid FROM pg_database WHERE datname = current_database())
                    """);
                return _nodes.Read("SELECT convert_from(body, 'UTF8') FROM feed").Any(body => body.EndsWith(",\"gone\":\"a\"}", StringComparison.Ordinal));
            },
            "another has taken its users over");
        await Deadline.UntilAsync(() => _nodes.Rows().Intersect(["ann a 1", "bob a 1"]).Count() == 2, "it has written them again");
        _time.Advance(Presence.Grace);
        await _nodes.UntilRowsAsync("ann a 1", "bob a 1", "cat b 1");

        (await _nodes.HeardAsync("a", ann, "mark")).Should().Equal("bob ONLINE");
        (await TestNodes.HeardUntilAsync(cat, "mark ONLINE")).Should().Equal("bob ONLINE");
    }

    [Test]
    public async Task A_user_has_its_places_on_all_nodes_together()
    {
        await using var nodes = new TestNodes(_database.ConnectionString, _time, options => options.Limits.ConnectionsPerUser = 2);
        await nodes.StartAsync("a", "b", "c");
        var first = await nodes.ConnectAsync("a", "bob");
        await nodes.ConnectAsync("b", "bob");
        await nodes.UntilRowsAsync("bob a 1", "bob b 1");

        var third = await nodes.ConnectAsync("c", "bob");
        (await InTimeAsync(third.ExpectAsync("ERROR"))).Code().Should().Be("UNAUTHORIZED");
        (await third.ExpectCloseAsync(1008)).Should().Contain("ConnectionsPerUser");

        // It waits for one elsewhere to end.
        var fourth = await nodes.ConnectAsync("c", "bob");
        await first.CloseAsync();
        await nodes.UntilRowsAsync("bob a 0", "bob b 1");
        (await InTimeAsync(fourth.RequestAsync(new { type = "ROOM_LIST" }))).Type().Should().Be("ROOM_LIST_RESPONSE");

        async Task<JsonElement> InTimeAsync(Task<JsonElement> answer)
        {
            await Deadline.UntilAsync(
                () =>
                {
                    _time.Advance(TimeSpan.FromMilliseconds(200));
                    return answer.IsCompleted;
                },
                "it is in or refused");
            return await answer;
        }
    }
}
