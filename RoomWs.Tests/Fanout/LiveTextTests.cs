using System.Text;
using FluentAssertions;
using NUnit.Framework;
using RoomWs.Server.Fanout;
using RoomWs.Server.Storage.Batch;

namespace RoomWs.Tests.Fanout;

internal sealed class LiveTextTests
{
    [Test]
    public void Each_fact_is_read_as_it_was_written()
    {
        LiveFact[] facts =
        [
            new(LiveFactKind.Here), new(LiveFactKind.Rooms), new(LiveFactKind.Ask, "r1"), new(LiveFactKind.In, "r1"),
            new(LiveFactKind.Cursor, "r1", "zoë\n\"1\"") { X = -0.0, Y = 1.7976931348623157E+308, At = 5, Number = long.MaxValue }, new(LiveFactKind.CursorGone, "r1", "ann") { Number = 3, Node = "n1" },
            new(LiveFactKind.Typing, "r2", "ann") { Username = "Ann 😀" }, new(LiveFactKind.TypingEnded, "r2", "ann"), new(LiveFactKind.Full, "r1"), new(LiveFactKind.Out, "r1"), new(LiveFactKind.AllRooms),
        ];
        Enum.GetValues<LiveFactKind>().Should().BeSubsetOf(facts.Select(fact => fact.Kind));

        var read = LiveText.Read(LiveText.Write(facts, said: 10, position: 8, clock: 9).Should().ContainSingle().Subject)!;

        read.Facts.Should().Equal(facts);
        (read.From, read.To, read.Position, read.Clock).Should().Be((10, 10 + facts.Length, 8, 9));
    }

    [Test]
    public void What_is_too_long_for_one_text_goes_into_several_that_can_be_read_alone()
    {
        var facts = Enumerable.Range(0, 1_000).Select(i => new LiveFact(LiveFactKind.Cursor, $"room{i / 300}", new string('ü', i % 130) + i) { X = i, Number = i }).ToList();

        var texts = LiveText.Write(facts, said: 0, position: 1, clock: 2);

        texts.Should().OnlyContain(text => Encoding.UTF8.GetByteCount(text) <= IBusMember.MaxBytes);
        texts.Should().HaveCountGreaterThan(5);
        var read = texts.ConvertAll(text => LiveText.Read(text)!);
        read.SelectMany(text => text.Facts).Should().Equal(facts);
        read.Skip(1).Select(text => text.From).Should().Equal(read.SkipLast(1).Select(text => text.To));
    }

    [TestCase("")]
    [TestCase("no JSON")]
    [TestCase("[]")]
    [TestCase("""{"format":2,"from":0,"position":1,"clock":2,"facts":[],"to":0}""")]
    [TestCase("""{"format":1,"from":0,"position":1,"clock":2,"facts":["r",["c","ann"]],"to":1}""")]
    public void What_is_no_text_of_this_format_is_not_taken(string text) => LiveText.Read(text).Should().BeNull();

    [Test]
    public void Of_what_came_later_the_rest_is_taken() =>
        LiveText.Read("""{"format":1,"from":0,"position":1,"clock":2,"facts":["r",["state","ann",{}],["e","ann"]],"to":2}""")!.Facts.Should().Equal(new LiveFact(LiveFactKind.TypingEnded, "r", "ann"));
}
