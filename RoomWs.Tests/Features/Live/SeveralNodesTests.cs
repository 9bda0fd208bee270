using Dapper;
using FluentAssertions;
using NUnit.Framework;
using RoomWs.Tests.Support;

namespace RoomWs.Tests.Features.Live;

/// <summary>People in a room r1 who are connected to different nodes: alice and bob to the first, carol and another socket of alice's to the second.</summary>
[Category("Postgres")]
internal sealed class SeveralNodesTests : EndToEndTest
{
    private const string EndBusSessions =
        "SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity WHERE datname = current_database() AND application_name LIKE 'RoomWs%' AND (query LIKE 'LISTEN roomws_live%' OR query LIKE '%pg_notify($1, text)%')";

    private readonly ManualTimeProvider _clock = new();
    private TestClient _alice = null!;
    private TestClient _bob = null!;
    private TestClient _carol = null!;
    private TestClient _aliceElsewhere = null!;

    protected override TimeProvider Time => _clock;

    protected override int? Nodes => Math.Max(2, TestScale.Nodes);

    [SetUp]
    public async Task ConnectAllAsync()
    {
        _alice = await ConnectToAsync(0, "alice");
        await _alice.CreateRoomAsync("r1", members: ["bob", "carol"]);
        _bob = await ConnectToAsync(0, "bob");
        (_carol, _aliceElsewhere) = (await ConnectToAsync(1, "carol"), await ConnectToAsync(1, "alice"));
    }

    [Test]
    public async Task The_first_who_enters_on_a_node_is_shown_what_is_live_on_the_others()
    {
        await EnterAsync(_alice, _bob);
        await _alice.MoveAsync("r1", 1, 2);
        await _bob.TypeAsync("r1");

        var state = await _carol.EnterAsync("r1");

        state.Positions().Should().Equal("alice 1,2");
        state.GetProperty("typing").EnumerateArray().Select(user => user.Text("userId")).Should().Equal("bob");
    }

    [Test]
    public async Task Cursors_go_to_the_sockets_of_all_nodes_but_the_one_that_moved_and_go_with_its_exit()
    {
        await EnterAsync(_alice, _bob, _carol, _aliceElsewhere);
        await _alice.MoveAsync("r1", 1, 2);
        Tick();
        foreach (var client in new[] { _bob, _carol, _aliceElsewhere }) await client.ExpectCursorsAsync("r1", ["alice 1,2"]);

        await _aliceElsewhere.MoveAsync("r1", 3, 4);
        Tick();
        foreach (var client in new[] { _bob, _carol, _alice }) await client.ExpectCursorsAsync("r1", ["alice 3,4"]);
        await _alice.ExitAsync("r1");
        Tick();
        await RoomSteps.ExpectNothingAsync(_bob, _carol, _aliceElsewhere);

        await _aliceElsewhere.ExitAsync("r1");
        Tick();
        foreach (var client in new[] { _bob, _carol }) await client.ExpectCursorsAsync("r1", [], "alice");
    }

    [Test]
    public async Task Typing_on_two_nodes_is_told_once_and_ends_with_a_message()
    {
        await EnterAsync(_alice, _bob, _carol, _aliceElsewhere);
        await _alice.TypeAsync("r1");
        await _aliceElsewhere.TypeAsync("r1");
        foreach (var client in new[] { _bob, _carol, _aliceElsewhere }) await client.ExpectTypingAsync("r1", "alice", typing: true);
        await _alice.TypeAsync("r1", typing: false);
        await RoomSteps.ExpectNothingAsync(_alice, _bob, _carol, _aliceElsewhere);

        await _alice.SayAsync("r1", "hello");

        foreach (var client in new[] { _bob, _carol, _aliceElsewhere })
        {
            await client.ExpectTypingAsync("r1", "alice", typing: false);
            await client.ExpectAsync("ROOM_MESSAGE");
        }

        await RoomSteps.ExpectNothingAsync(_alice, _bob, _carol, _aliceElsewhere);
    }

    [Test]
    public async Task A_removed_member_is_gone_on_all_nodes()
    {
        await EnterAsync(_alice, _bob, _carol);
        await _bob.MoveAsync("r1", 1, 1);
        await _bob.TypeAsync("r1");
        await _carol.ExpectTypingAsync("r1", "bob", typing: true);
        Tick();
        await _carol.ExpectCursorsAsync("r1", ["bob 1,1"]);

        await _alice.SucceedAsync("ROOM_MEMBERS_UPDATED", new { type = "ROOM_REMOVE_MEMBER", roomId = "r1", userId = "bob" });

        await _carol.ExpectTypingAsync("r1", "bob", typing: false);
        await _carol.HearAsync("ROOM_MEMBER_LEFT", "ROOM_MEMBERS_UPDATED");
        await _carol.BeHeardEverywhereAsync();
        Tick();
        await _carol.ExpectCursorsAsync("r1", [], "bob");
        (await _carol.EnterAsync("r1")).Positions().Should().BeEmpty();
    }

    [Test]
    public async Task With_a_node_that_ends_its_cursors_and_typing_go()
    {
        await EnterAsync(_alice, _bob, _carol);
        await _carol.MoveAsync("r1", 1, 1);
        await _carol.TypeAsync("r1");
        await _alice.ExpectTypingAsync("r1", "carol", typing: true);
        Tick();
        await _alice.ExpectCursorsAsync("r1", ["carol 1,1"]);

        _carol.Dispose();
        _aliceElsewhere.Dispose();
        await Server.StopNodeAsync(1);

        await _alice.ExpectTypingAsync("r1", "carol", typing: false);
        await Deadline.UntilAsync(() => Server.Cores[0].Peers.Count == Nodes - 2, "the node is known to have gone");
        Tick();
        await _alice.ExpectCursorsAsync("r1", [], "carol");
    }

    [Test]
    public async Task A_node_that_is_not_heard_of_for_5_seconds_is_gone_with_its_cursors_and_typing()
    {
        await EnterAsync(_alice);
        await _alice.BeHeardEverywhereAsync();
        using var database = Server.Database.Open();
        foreach (var call in new[]
        {
            "1 ghost hello ghost",
            """1 ghost says {"format":1,"from":0,"position":0,"clock":0,"facts":["r1",["in"],["c","bob",1,5,6,7],["t","carol","carol"],["full"]],"to":4}""",
        })
        {
            await database.ExecuteAsync("SELECT pg_notify('roomws_live', @call)", new { call });
        }

        await _alice.ExpectTypingAsync("r1", "carol", typing: true);
        Tick();
        await _alice.ExpectCursorsAsync("r1", ["bob 5,6"]);

        await _alice.ExpectTypingAsync("r1", "carol", typing: false);
        await Deadline.UntilAsync(() => Server.Cores[0].Peers.Count == Nodes - 1, "the node is known to have gone");
        Tick();
        await _alice.ExpectCursorsAsync("r1", [], "bob");
    }

    [Test]
    public async Task Sessions_of_the_bus_that_are_ended_are_opened_again_and_nothing_stays_wrong()
    {
        await EnterAsync(_alice, _bob, _carol);
        await _bob.MoveAsync("r1", 1, 1);
        using var database = Server.Database.Open();
        for (var round = 0; round < TestScale.Rounds(shortRun: 5, longRun: 200); round++)
        {
            (await database.ExecuteScalarAsync<long>(EndBusSessions)).Should().BePositive();
            await _alice.SendAsync(new { type = "ROOM_CURSOR", roomId = "r1", x = round, y = 1 });
            await _carol.SendAsync(new { type = "ROOM_CURSOR", roomId = "r1", x = 1, y = round });
            await _carol.SendAsync(new { type = "ROOM_TYPING", roomId = "r1", typing = round % 2 == 0 });
            foreach (var client in new[] { _alice, _carol }) await client.SucceedAsync("PONG", new { type = "PING" });
        }

        string[] cursors = [$"alice {TestScale.Rounds(5, 200) - 1},1", "bob 1,1", $"carol 1,{TestScale.Rounds(5, 200) - 1}"];
        foreach (var client in new[] { _alice, _carol })
        {
            await Deadline.UntilAsync(
                async () =>
                {
                    var state = await client.EnterAsync("r1");
                    return state.Positions().Order(StringComparer.Ordinal).SequenceEqual(cursors) && state.GetProperty("typing").GetArrayLength() == 1;
                },
                "each node shows what is so");
        }
    }

    private async Task<TestClient> ConnectToAsync(int node, string userId)
    {
        Server.SendNextTo(node);
        return await ConnectAsync(userId);
    }

    /// <summary>All enter, and what they are told by that is out of the way.</summary>
    private static async Task EnterAsync(params TestClient[] clients)
    {
        foreach (var client in clients) await client.EnterAsync("r1");
        foreach (var client in clients) await client.TakeAllAsync();
    }

    private void Tick() => _clock.Advance(LiveSteps.Tick);
}
