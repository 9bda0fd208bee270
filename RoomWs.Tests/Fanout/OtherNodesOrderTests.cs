using FluentAssertions;
using NUnit.Framework;
using RoomWs.Server.Fanout;

namespace RoomWs.Tests.Fanout;

/// <summary>Three nodes that hear of each other's moves, enters and exits in orders that are not those in which they happened.</summary>
internal sealed class OtherNodesOrderTests() : OtherNodesTest(nodes: 3)
{
    [Test]
    public async Task What_a_socket_does_before_the_others_have_answered_is_shown_there_all_the_same()
    {
        await EnterAsync(1, "ben");
        var ann = EnterAtOnce(0, "ann");
        Move(0, ann, x: 3);
        Type(0, ann);

        Bus.Settle();

        Live(1)!.Cursors.Should().ContainSingle().Which.X.Should().Be(3);
        Live(1)!.Typing.Should().ContainSingle().Which.UserId.Should().Be("ann");
    }

    [Test]
    public async Task What_a_socket_does_before_a_node_that_was_taken_for_gone_has_answered_is_shown_there_all_the_same()
    {
        await EnterAsync(1, "ben");
        var ann = await EnterAsync(0, "ann");
        Nodes[0].Peers.Gone("node1");
        Nodes[0].Peers.Met("node1", isNew: false);
        Move(0, ann, x: 3);
        Type(0, ann);

        Bus.Settle();

        Live(1)!.Cursors.Should().ContainSingle().Which.X.Should().Be(3);
        Live(1)!.Typing.Should().ContainSingle().Which.UserId.Should().Be("ann");
    }

    [Test]
    public async Task A_move_that_is_said_only_when_a_later_one_has_ended_it_leaves_no_ghost_where_a_node_enters_just_then()
    {
        await EnterAsync(0, "ben");
        var (later, earlier) = (await EnterAsync(0, "ann"), await EnterAsync(1, "ann"));
        Move(1, earlier);
        Bus.Settle();
        Clock.Advance(CursorTicker.Tick);
        Move(0, later);
        Nodes[0].Entered.Exit(later.Connection, "r");
        EnterAtOnce(2, "cleo");
        Ends[2].Speak();
        // It answers, and hears only then that its move has ended.
        Ends[1].HearNext();
        Ends[0].Speak();
        Ends[1].HearNext();

        Bus.Settle();

        NoneHasCursors();
    }

    [Test]
    public async Task A_later_move_that_has_ended_before_a_node_has_entered_ends_the_moves_of_that_node()
    {
        await EnterAsync(0, "ben");
        await EnterAsync(2, "cleo");
        var later = await EnterAsync(0, "ann");
        var earlier = EnterAtOnce(1, "ann");
        Move(1, earlier);
        Ends[1].Speak();
        Clock.Advance(CursorTicker.Tick);
        Move(0, later);
        Nodes[0].Entered.Exit(later.Connection, "r");
        Ends[0].Speak();

        Bus.Settle();

        NoneHasCursors();
    }

    [Test]
    public async Task A_node_that_has_lost_that_its_move_was_ended_hears_so_when_it_is_back()
    {
        await EnterAsync(0, "ben");
        await EnterAsync(2, "cleo");
        var (later, earlier) = (await EnterAsync(0, "ann"), await EnterAsync(1, "ann"));
        Move(1, earlier, x: 1);
        Bus.Settle();
        Clock.Advance(CursorTicker.Tick);
        Move(0, later, x: 2);
        Nodes[0].Entered.Exit(later.Connection, "r");
        Ends[0].Speak();
        Ends[1].Lose();

        Ends[1].Rejoin();
        Bus.Settle();

        NoneHasCursors();
    }

    private void NoneHasCursors()
    {
        foreach (var node in (int[])[0, 1, 2]) Live(node)!.Cursors.Should().BeEmpty($"node {node} is as the others");
    }
}
