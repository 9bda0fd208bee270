using FluentAssertions;
using NUnit.Framework;
using RoomWs.Server.Fanout;

namespace RoomWs.Tests.Fanout;

/// <summary>What sockets of one node see of those of another that have entered the same room.</summary>
internal sealed class OtherNodesTests : OtherNodesTest
{
    [Test]
    public async Task Whoever_enters_is_shown_the_cursors_and_typists_of_allNodes_at_once()
    {
        var ann = await EnterAsync(0, "ann");
        Move(0, ann, x: 7);
        Type(0, ann);

        await EnterAsync(1, "ben");

        Live(1)!.Cursors.Should().ContainSingle().Which.X.Should().Be(7);
        Live(1)!.Typing.Should().ContainSingle().Which.UserId.Should().Be("ann");
    }

    [Test]
    public async Task A_move_is_told_elsewhere_with_the_next_tick_to_the_user_s_other_sockets_too()
    {
        var ann = await EnterAsync(0, "ann");
        var (annElsewhere, ben) = (await EnterAsync(1, "ann"), await EnterAsync(1, "ben"));
        for (var x = 1; x <= 3; x++) Move(0, ann, x);
        Bus.Settle();
        Take(annElsewhere, ben).Should().BeEmpty();

        Clock.Advance(CursorTicker.Tick);

        Take(annElsewhere).Should().Equal("ann at 3");
        Take(ben).Should().Equal("ann at 3");
        Take(ann).Should().BeEmpty();
    }

    [Test]
    public async Task A_cursor_is_where_its_user_has_moved_it_last_on_whatever_node()
    {
        var (first, second) = (await EnterAsync(0, "ann"), await EnterAsync(1, "ann"));
        Move(0, first, x: 1);
        Bus.Settle();
        Move(1, second, x: 2);
        Bus.Settle();
        Clock.Advance(CursorTicker.Tick);
        Take(first).Should().Equal("ann at 2");

        Nodes[0].Entered.Exit(first.Connection, "r");
        Bus.Settle();
        Live(1)!.Cursors.Should().ContainSingle("the other socket has moved it since");
        await EnterAsync(0, "ben");
        Nodes[1].Entered.Exit(second.Connection, "r");
        Bus.Settle();
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
        Bus.Settle();

        Nodes[0].Entered.ExitAll(before.Connection);
        var after = await EnterAsync(1, "ann");
        Move(1, after, x: 2);
        Bus.Settle();

        foreach (var node in (int[])[0, 1])
        {
            Live(node)!.Cursors.Should().ContainSingle().Which.X.Should().Be(2);
            Live(node)!.Typing.Should().BeEmpty();
        }
    }

    [Test]
    public async Task Typing_on_twoNodes_is_told_when_it_begins_on_the_first_and_when_itEnds_on_the_last()
    {
        var (first, second) = (await EnterAsync(0, "ann"), await EnterAsync(1, "ann"));
        var (ben, cleo) = (await EnterAsync(0, "ben"), await EnterAsync(1, "cleo"));
        Type(0, first);
        Bus.Settle();
        Type(1, second);
        Bus.Settle();
        foreach (var socket in new[] { ben, cleo, second }) Take(socket).Should().Equal("ann types");

        Type(0, first, typing: false);
        Bus.Settle();
        Take(first, second, ben, cleo).Should().BeEmpty();
        Clock.Advance(TimeSpan.FromSeconds(5));
        Bus.Settle();

        foreach (var socket in new[] { ben, cleo, second }) Take(socket).Should().Equal("ann stops");
        Take(first).Should().BeEmpty("it was not told of the beginning, for that was its own");
    }

    [Test]
    public async Task A_messageEnds_typing_of_its_sender_on_allNodes_before_it_is_told()
    {
        var ann = await EnterAsync(0, "ann");
        var cleo = await EnterAsync(1, "cleo");
        Type(0, ann);
        Bus.Settle();
        Take(cleo);

        Say(1, "ann", cleo);
        Take(cleo).Should().Equal("ann stops", "SAID");
        Say(0, "ann", ann);
        Type(0, ann);
        Bus.Settle();

        Take(cleo).Should().Equal("ann types");
    }

    [Test]
    public async Task Of_who_is_no_member_here_nothing_is_shown_and_what_comes_late_brings_nothing_back()
    {
        var ben = await EnterAsync(0, "ben");
        var cleo = await EnterAsync(1, "cleo");
        Move(0, ben);
        Type(0, ben);
        Bus.Settle();
        Clock.Advance(CursorTicker.Tick);
        Take(cleo);
        Move(0, ben, x: 2);
        Type(0, ben, typing: false);
        Type(0, ben);

        Nodes[1].AnnounceEnd(Nodes[1].Rooms.Peek("r")!, "ben", cleo);
        Nodes[1].Send();
        Bus.Settle();
        Clock.Advance(CursorTicker.Tick);

        Take(cleo).Should().Equal("ben stops", "REMOVED", "ben gone");
        Live(1)!.Cursors.Should().BeEmpty();
        Live(1)!.Typing.Should().BeEmpty();
    }
}
