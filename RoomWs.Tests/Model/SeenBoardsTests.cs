using System.Globalization;
using FluentAssertions;
using NUnit.Framework;
using RoomWs.Server.Model;

namespace RoomWs.Tests.Model;

/// <summary>What is kept for a socket is bounded, and ends with the board and the room.</summary>
internal sealed class SeenBoardsTests
{
    [Test]
    public void It_never_goes_back_and_knows_nothing_of_others()
    {
        var seen = new SeenBoards();
        seen.See("r", "e1", 1, 5);
        seen.See("r", "e2", 1, 1);
        seen.See("r", "e1", 1, 3);

        (seen.SeqOf("e1"), seen.SeqOf("e2"), seen.SeqOf("e3")).Should().Be((5, 1, 0));
    }

    [Test]
    public void What_comes_behind_a_gap_does_not_count_until_the_gap_is_closed()
    {
        var seen = new SeenBoards();
        seen.See("r", "e1", 51, 51);
        seen.SeqOf("e1").Should().Be(0);

        seen.See("r", "e1", 1, 50);
        seen.See("r", "e1", 52, 52);
        seen.SeqOf("e1").Should().Be(50);

        seen.See("r", "e1", 51, 52);
        seen.See("r", "e1", 53, 53);
        seen.SeqOf("e1").Should().Be(53);
    }

    [Test]
    public void Boards_and_rooms_that_are_gone_are_forgotten_and_the_rest_stays()
    {
        var seen = new SeenBoards();
        seen.Forget("e1");
        seen.ForgetRoom("r");
        seen.See("r", "e1", 1, 1);
        seen.See("r", "e2", 1, 2);
        seen.See("s", "e3", 1, 3);

        seen.Forget("e1");
        (seen.SeqOf("e1"), seen.SeqOf("e2"), seen.SeqOf("e3")).Should().Be((0, 2, 3));
        seen.ForgetRoom("r");
        (seen.SeqOf("e2"), seen.SeqOf("e3")).Should().Be((0, 3));
    }

    [Test]
    public void A_mark_says_what_was_seen_and_what_is_gone()
    {
        var seen = new SeenBoards();
        seen.Take(BoardMark.Seen("r", "e1", 1, 4));
        seen.Take(BoardMark.Seen("r", "e2", 1, 2));
        seen.Take(BoardMark.Seen("s", "e3", 1, 3));
        seen.Take(BoardMark.BoardGone("r", "e1"));
        (seen.SeqOf("e1"), seen.SeqOf("e2"), seen.SeqOf("e3")).Should().Be((0, 2, 3));

        seen.Take(BoardMark.RoomGone("r"));
        (seen.SeqOf("e2"), seen.SeqOf("e3")).Should().Be((0, 3));
    }

    [Test]
    public void Of_many_boards_the_last_hundred_are_known()
    {
        var seen = new SeenBoards();
        for (var i = 1; i <= 100; i++) seen.See("r", Epoch(i), 1, i);
        seen.See("r", Epoch(1), 1, 7);
        seen.See("r", "one more", 1, 8);

        (seen.SeqOf(Epoch(1)), seen.SeqOf(Epoch(2)), seen.SeqOf(Epoch(3)), seen.SeqOf("one more")).Should().Be((7, 0, 3, 8));
    }

    private static string Epoch(int number) => number.ToString(CultureInfo.InvariantCulture);
}
