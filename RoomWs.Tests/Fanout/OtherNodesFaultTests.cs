using FluentAssertions;
using NUnit.Framework;
using RoomWs.Server.Fanout;
using RoomWs.Tests.Support;

namespace RoomWs.Tests.Fanout;

/// <summary>Nodes that are silent, gone, late, cut off from each other, or alone.</summary>
internal sealed class OtherNodesFaultTests : OtherNodesTest
{
    [Test]
    public async Task Whoever_enters_waits_for_a_silent_node_no_longer_than_a_moment()
    {
        Bus.Settle();
        var ben = Nodes[1].Connect("ben");
        var entering = Nodes[1].Entered.HearOthersAsync(ben.Connection, "r", Nodes[1].Rooms.Find("r")!.Room);
        entering.IsCompleted.Should().BeFalse();

        Clock.Advance(TimeSpan.FromMilliseconds(100));
        await entering.OrFailAsync("the end of the wait");

        Nodes[1].Entered.ExitAll(ben.Connection);
        Live(1).Should().BeNull("it has not entered after all");
    }

    [Test]
    public async Task A_node_that_has_gone_is_not_waited_for()
    {
        Bus.Settle();
        var ben = Nodes[1].Connect("ben");
        var entering = Nodes[1].Entered.HearOthersAsync(ben.Connection, "r", Nodes[1].Rooms.Find("r")!.Room);
        Ends[0].Die();

        await entering.OrFailAsync("the end of the wait");
        Nodes[1].Entered.HearOthersAsync(Nodes[1].Connect("ann").Connection, "r", Nodes[1].Rooms.Find("r")!.Room).IsCompleted.Should().BeTrue();
    }

    [Test]
    public async Task What_a_node_says_is_taken_in_behind_the_changes_that_it_had_told_before()
    {
        var next = Nodes[0].Database.Reads.Read(read => read.Rooms.Position()) + 1;
        foreach (var node in Nodes) node.Told.Value = next - 1;
        await EnterAsync(0, "cleo");
        await EnterAsync(1, "cleo");
        // Dan has joined, which the first node knows already.
        Join(0, "dan", next);
        var dan = await EnterAsync(0, "dan", settles: false);
        Move(0, dan, x: 4);
        Bus.Settle();
        Live(1)!.Cursors.Should().BeEmpty();

        Join(1, "dan", next);
        await Deadline.UntilAsync(() => !Ends[1].IsWaiting, "what was said is taken in");
        Live(1)!.Cursors.Should().ContainSingle().Which.X.Should().Be(4);
    }

    [Test]
    public async Task With_a_node_its_cursors_and_typing_go()
    {
        var ann = await EnterAsync(0, "ann");
        var ben = await EnterAsync(1, "ben");
        Move(0, ann);
        Type(0, ann);
        Bus.Settle();
        Clock.Advance(CursorTicker.Tick);
        Take(ben).Should().Equal("ann types", "ann at 0");

        Ends[0].Die();
        Clock.Advance(CursorTicker.Tick);

        Take(ben).Should().Equal("ann stops", "ann gone");
        Nodes[1].News.IsAlone.Should().BeTrue();
    }

    [Test]
    public async Task What_was_lost_on_the_way_is_made_good_when_the_way_is_there_again()
    {
        var (ann, cleo) = (await EnterAsync(0, "ann"), await EnterAsync(0, "cleo"));
        var ben = await EnterAsync(1, "ben");
        foreach (var socket in new[] { ann, cleo }) Move(0, socket);
        Type(0, cleo);
        Bus.Settle();
        Move(0, ann, x: 5);
        Nodes[0].Entered.Exit(cleo.Connection, "r");
        Type(0, ann);
        Move(1, ben, x: 6);
        foreach (var end in Ends) end.Lose();

        Ends[0].Rejoin();
        Bus.Settle();

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
        Bus.Settle();
        Nodes[0].Entered.Exit(ann.Connection, "r");
        Ends[0].Lose();

        Ends[0].Rejoin();
        Bus.Settle();

        Live(1)!.Cursors.Should().BeEmpty();
        var said = Nodes[1].News.Said;
        Move(1, ben);
        Nodes[1].News.Said.Should().Be(said);
    }

    [Test]
    public async Task Nothing_is_said_of_a_room_that_no_other_node_has_entered()
    {
        var ann = await EnterAsync(0, "ann");
        await EnterAsync(0, "ben");
        var said = Nodes[0].News.Said;
        Move(0, ann);
        Type(0, ann);
        Type(0, ann, typing: false);

        Nodes[0].News.Said.Should().Be(said);
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

    [Test]
    public async Task What_is_done_before_the_others_have_answered_is_said_to_them()
    {
        await EnterAsync(0, "ann");
        var ben = Nodes[1].Connect("ben");
        var room = Nodes[1].Rooms.Find("r")!.Room;
        using (room.Gate.Enter()) Nodes[1].Entered.EnterLocked(ben.Connection, "r", room);
        Move(1, ben, x: 3);
        Type(1, ben);

        Bus.Settle();

        Live(0)!.Cursors.Should().ContainSingle().Which.X.Should().Be(3);
        Live(0)!.Typing.Should().ContainSingle().Which.UserId.Should().Be("ben");
    }

    [Test]
    public async Task A_cursor_whose_later_end_was_lost_on_the_way_is_gone_when_the_way_is_there_again()
    {
        await EnterAsync(0, "cleo");
        await EnterAsync(1, "cleo");
        var (first, second) = (await EnterAsync(0, "ann"), await EnterAsync(1, "ann"));
        Move(1, second, x: 1);
        Bus.Settle();
        Move(0, first, x: 5);
        Ends[0].Speak();
        Nodes[0].Entered.Exit(first.Connection, "r");
        Ends[0].Speak();
        Ends[1].Lose();

        Ends[1].Rejoin();
        Bus.Settle();

        Live(0)!.Cursors.Should().BeEmpty();
        Live(1)!.Cursors.Should().BeEmpty();
    }
}
