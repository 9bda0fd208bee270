using System.Text.Json;
using FluentAssertions;
using NUnit.Framework;
using RoomWs.Server.Fanout;
using RoomWs.Server.Model;
using RoomWs.Tests.Support;

namespace RoomWs.Tests.Fanout;

/// <summary>What sockets of one node see of those of another that have entered the same room.</summary>
[FixtureLifeCycle(LifeCycle.InstancePerTestCase)]
internal sealed class OtherNodesTests : IDisposable
{
    private readonly ManualTimeProvider _time = new();
    private readonly KernelBus _bus = new();
    private readonly KernelBus.Node[] _ends;
    private readonly KernelFanout[] _nodes;

    public OtherNodesTests()
    {
        _ends = [_bus.Add(), _bus.Add()];
        _nodes = [.. _ends.Select(end => new KernelFanout(end, _time))];
        foreach (var node in _nodes) node.AddRoom("r", "ann", "ben", "cleo");
    }

    public void Dispose()
    {
        foreach (var node in _nodes) node.Dispose();
    }

    [Test]
    public async Task Whoever_enters_is_shown_the_cursors_and_typists_of_all_nodes_at_once()
    {
        var ann = await EnterAsync(0, "ann");
        Move(0, ann, x: 7);
        Type(0, ann);

        await EnterAsync(1, "ben");

        Live(1)!.Cursors.Should().ContainSingle().Which.X.Should().Be(7);
        Live(1)!.Typing.Should().ContainSingle().Which.UserId.Should().Be("ann");
    }

    [Test]
    public async Task Whoever_enters_waits_for_a_silent_node_no_longer_than_a_moment()
    {
        _bus.Settle();
        var ben = _nodes[1].Connect("ben");
        var entering = _nodes[1].Entered.HearOthersAsync(ben.Connection, "r", _nodes[1].Rooms.Find("r")!.Room);
        entering.IsCompleted.Should().BeFalse();

        _time.Advance(TimeSpan.FromMilliseconds(100));
        await entering.OrFailAsync("the end of the wait");

        _nodes[1].Entered.ExitAll(ben.Connection);
        Live(1).Should().BeNull("it has not entered after all");
    }

    [Test]
    public async Task A_node_that_has_gone_is_not_waited_for()
    {
        _bus.Settle();
        var ben = _nodes[1].Connect("ben");
        var entering = _nodes[1].Entered.HearOthersAsync(ben.Connection, "r", _nodes[1].Rooms.Find("r")!.Room);
        _ends[0].Die();

        await entering.OrFailAsync("the end of the wait");
        _nodes[1].Entered.HearOthersAsync(_nodes[1].Connect("ann").Connection, "r", _nodes[1].Rooms.Find("r")!.Room).IsCompleted.Should().BeTrue();
    }

    [Test]
    public async Task A_move_is_told_elsewhere_with_the_next_tick_to_the_user_s_other_sockets_too()
    {
        var ann = await EnterAsync(0, "ann");
        var (annElsewhere, ben) = (await EnterAsync(1, "ann"), await EnterAsync(1, "ben"));
        for (var x = 1; x <= 3; x++) Move(0, ann, x);
        _bus.Settle();
        Take(annElsewhere, ben).Should().BeEmpty();

        _time.Advance(CursorTicker.Tick);

        Take(annElsewhere).Should().Equal("ann at 3");
        Take(ben).Should().Equal("ann at 3");
        Take(ann).Should().BeEmpty();
    }

    [Test]
    public async Task A_cursor_is_where_its_user_has_moved_it_last_on_whatever_node()
    {
        var (first, second) = (await EnterAsync(0, "ann"), await EnterAsync(1, "ann"));
        Move(0, first, x: 1);
        _bus.Settle();
        Move(1, second, x: 2);
        _bus.Settle();
        _time.Advance(CursorTicker.Tick);
        Take(first).Should().Equal("ann at 2");

        _nodes[0].Entered.Exit(first.Connection, "r");
        _bus.Settle();
        Live(1)!.Cursors.Should().ContainSingle("the other socket has moved it since");
        await EnterAsync(0, "ben");
        _nodes[1].Entered.Exit(second.Connection, "r");
        _bus.Settle();
        Live(0)!.Cursors.Should().BeEmpty();
    }

    [Test]
    public async Task A_socket_that_exits_on_one_node_and_enters_on_another_leaves_no_ghost()
    {
        await EnterAsync(0, "ben");
        await EnterAsync(1, "cleo");
        var before = await EnterAsync(0, "ann");
        Move(0, before, x: 1);
        Type(0, before);
        _bus.Settle();

        _nodes[0].Entered.ExitAll(before.Connection);
        var after = await EnterAsync(1, "ann");
        Move(1, after, x: 2);
        _bus.Settle();

        foreach (var node in (int[])[0, 1])
        {
            Live(node)!.Cursors.Should().ContainSingle().Which.X.Should().Be(2);
            Live(node)!.Typing.Should().BeEmpty();
        }
    }

    [Test]
    public async Task Typing_on_two_nodes_is_told_when_it_begins_on_the_first_and_when_it_ends_on_the_last()
    {
        var (first, second) = (await EnterAsync(0, "ann"), await EnterAsync(1, "ann"));
        var (ben, cleo) = (await EnterAsync(0, "ben"), await EnterAsync(1, "cleo"));
        Type(0, first);
        _bus.Settle();
        Type(1, second);
        _bus.Settle();
        foreach (var socket in new[] { ben, cleo, second }) Take(socket).Should().Equal("ann types");

        Type(0, first, typing: false);
        _bus.Settle();
        Take(first, second, ben, cleo).Should().BeEmpty();
        _time.Advance(TimeSpan.FromSeconds(5));
        _bus.Settle();

        foreach (var socket in new[] { ben, cleo, second }) Take(socket).Should().Equal("ann stops");
        Take(first).Should().BeEmpty("it was not told of the beginning, for that was its own");
    }

    [Test]
    public async Task A_message_ends_typing_of_its_sender_on_all_nodes_before_it_is_told()
    {
        var ann = await EnterAsync(0, "ann");
        var cleo = await EnterAsync(1, "cleo");
        Type(0, ann);
        _bus.Settle();
        Take(cleo);

        Say(1, "ann", cleo);
        Take(cleo).Should().Equal("ann stops", "SAID");
        Say(0, "ann", ann);
        Type(0, ann);
        _bus.Settle();

        Take(cleo).Should().Equal("ann types");
    }

    [Test]
    public async Task Of_who_is_no_member_here_nothing_is_shown_and_what_comes_late_brings_nothing_back()
    {
        var ben = await EnterAsync(0, "ben");
        var cleo = await EnterAsync(1, "cleo");
        Move(0, ben);
        Type(0, ben);
        _bus.Settle();
        _time.Advance(CursorTicker.Tick);
        Take(cleo);
        Move(0, ben, x: 2);
        Type(0, ben, typing: false);
        Type(0, ben);

        _nodes[1].AnnounceEnd(_nodes[1].Rooms.Peek("r")!, "ben", cleo);
        _nodes[1].Send();
        _bus.Settle();
        _time.Advance(CursorTicker.Tick);

        Take(cleo).Should().Equal("ben stops", "REMOVED", "ben gone");
        Live(1)!.Cursors.Should().BeEmpty();
        Live(1)!.Typing.Should().BeEmpty();
    }

    [Test]
    public async Task What_a_node_says_is_taken_in_behind_the_changes_that_it_had_told_before()
    {
        foreach (var node in _nodes) node.Told.Value = 0;
        await EnterAsync(0, "cleo");
        await EnterAsync(1, "cleo");
        // Dan has joined, which the first node knows already.
        Join(0, "dan", position: 1);
        var dan = await EnterAsync(0, "dan", settles: false);
        Move(0, dan, x: 4);
        _bus.Settle();
        Live(1)!.Cursors.Should().BeEmpty();

        Join(1, "dan", position: 1);
        await Deadline.UntilAsync(() => !_ends[1].IsWaiting, "what was said is taken in");
        Live(1)!.Cursors.Should().ContainSingle().Which.X.Should().Be(4);
    }

    [Test]
    public async Task With_a_node_its_cursors_and_typing_go()
    {
        var ann = await EnterAsync(0, "ann");
        var ben = await EnterAsync(1, "ben");
        Move(0, ann);
        Type(0, ann);
        _bus.Settle();
        _time.Advance(CursorTicker.Tick);
        Take(ben).Should().Equal("ann types", "ann at 0");

        _ends[0].Die();
        _time.Advance(CursorTicker.Tick);

        Take(ben).Should().Equal("ann stops", "ann gone");
        _nodes[1].News.IsAlone.Should().BeTrue();
    }

    [Test]
    public async Task What_was_lost_on_the_way_is_made_good_when_the_way_is_there_again()
    {
        var (ann, cleo) = (await EnterAsync(0, "ann"), await EnterAsync(0, "cleo"));
        var ben = await EnterAsync(1, "ben");
        foreach (var socket in new[] { ann, cleo }) Move(0, socket);
        Type(0, cleo);
        _bus.Settle();
        Move(0, ann, x: 5);
        _nodes[0].Entered.Exit(cleo.Connection, "r");
        Type(0, ann);
        Move(1, ben, x: 6);
        foreach (var end in _ends) end.Lose();

        _ends[0].Rejoin();
        _bus.Settle();

        foreach (var node in (int[])[0, 1])
        {
            Live(node)!.Cursors.Select(cursor => (cursor.UserId, cursor.X)).Should().BeEquivalentTo(new[] { ("ann", 5.0), ("ben", 6.0) });
            Live(node)!.Typing.Select(user => user.UserId).Should().Equal("ann");
        }
    }

    [Test]
    public async Task A_room_that_was_left_while_the_way_was_lost_is_known_to_be_left()
    {
        var ann = await EnterAsync(0, "ann");
        var ben = await EnterAsync(1, "ben");
        Move(0, ann);
        _bus.Settle();
        _nodes[0].Entered.Exit(ann.Connection, "r");
        _ends[0].Lose();

        _ends[0].Rejoin();
        _bus.Settle();

        Live(1)!.Cursors.Should().BeEmpty();
        var said = _nodes[1].News.Said;
        Move(1, ben);
        _nodes[1].News.Said.Should().Be(said);
    }

    [Test]
    public async Task Nothing_is_said_of_a_room_that_no_other_node_has_entered()
    {
        var ann = await EnterAsync(0, "ann");
        await EnterAsync(0, "ben");
        var said = _nodes[0].News.Said;
        Move(0, ann);
        Type(0, ann);
        Type(0, ann, typing: false);

        _nodes[0].News.Said.Should().Be(said);
    }

    [Test]
    public void Nothing_is_said_where_there_is_no_other_node()
    {
        using var alone = new KernelFanout(new KernelBus().Add());
        alone.AddRoom("r", "ann");
        var ann = alone.Connect("ann");
        var room = alone.Rooms.Find("r")!.Room;
        alone.Entered.HearOthersAsync(ann.Connection, "r", room).IsCompleted.Should().BeTrue();
        using (room.Gate.Enter()) alone.Entered.EnterLocked(ann.Connection, "r", room);
        alone.Entered.MoveCursor(ann.Connection, "r", 1, 1);
        alone.Entered.ExitAll(ann.Connection);

        alone.News.Said.Should().Be(0);
    }

    private LiveState? Live(int node) => _nodes[node].Rooms.InUse("r")?.Live;

    private async Task<KernelSocket> EnterAsync(int node, string userId, bool settles = true)
    {
        _bus.Settle();
        var socket = _nodes[node].Connect(userId);
        var room = _nodes[node].Rooms.Find("r")!.Room;
        var entering = _nodes[node].Entered.HearOthersAsync(socket.Connection, "r", room);
        _bus.Settle();
        if (settles) await entering.OrFailAsync("the answers of the others");
        using (room.Gate.Enter()) _nodes[node].Entered.EnterLocked(socket.Connection, "r", room);
        _time.Advance(CursorTicker.Tick);
        _bus.Settle();
        foreach (var each in _nodes) each.TakeAll();
        return socket;
    }

    private void Move(int node, KernelSocket socket, double x = 0) => _nodes[node].Entered.MoveCursor(socket.Connection, "r", x, 0).Should().BeNull();

    private void Type(int node, KernelSocket socket, bool typing = true) => _nodes[node].Entered.SetTyping(socket.Connection, "r", typing).Should().BeNull();

    private void Say(int node, string userId, KernelSocket requester)
    {
        _nodes[node].Broadcaster.Announce(new RoomChange("r", _nodes[node].Rooms.Peek("r")!) { Speaker = userId }, requester.Connection, KernelFanout.Message("SAID").Event);
        _nodes[node].Send();
    }

    private void Join(int node, string userId, long position)
    {
        _nodes[node].Told.Telling = position;
        _nodes[node].AnnounceJoin(_nodes[node].Rooms.Peek("r")!, userId, _nodes[node].Connect("ann"));
        _nodes[node].Send();
        _nodes[node].Told.Value = position;
    }

    private static IEnumerable<string> Take(params KernelSocket[] sockets) => [.. sockets.SelectMany(socket => socket.Take()).SelectMany(What)];

    private static IEnumerable<string> What(JsonElement frame) => frame.Type() switch
    {
        "ROOM_TYPING" => [$"{frame.Text("userId")} {(frame.GetProperty("typing").GetBoolean() ? "types" : "stops")}"],
        "ROOM_CURSORS" =>
        [
            .. frame.GetProperty("cursors").EnumerateArray().Select(cursor => $"{cursor.Text("userId")} at {cursor.Number("x")}"),
            .. frame.Has("gone") ? frame.Texts("gone").Select(userId => $"{userId} gone") : [],
        ],
        var type => [type],
    };
}
