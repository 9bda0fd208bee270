using System.Text.Json;
using FluentAssertions;
using NUnit.Framework;
using RoomWs.Protocol.Live;
using RoomWs.Server.Fanout;
using RoomWs.Server.Transport;
using RoomWs.Server.Wire;

namespace RoomWs.Tests.Fanout;

internal sealed class CursorFramesTests
{
    private static readonly object Cursors = new();

    [Test]
    public void A_reader_that_is_behind_is_told_each_cursor_once_at_its_newest_place()
    {
        var told = Told(null, Tick([At("a", 1), At("b", 1)]), Tick([At("a", 2)]), Tick([At("a", 3), At("c", 3)]));

        told.Cursors.Should().Equal(("a", 3), ("b", 1), ("c", 3));
        told.Gone.Should().BeEmpty();
    }

    [Test]
    public void A_cursor_that_went_after_it_moved_is_told_as_gone_alone()
    {
        var told = Told(null, Tick([At("a", 1), At("b", 1)]), Tick([], gone: ["a"]));

        told.Cursors.Should().Equal(("b", 1));
        told.Gone.Should().Equal("a");
    }

    [Test]
    public void A_cursor_that_came_back_is_not_told_as_gone()
    {
        var told = Told(null, Tick([], gone: ["a", "b"]), Tick([At("a", 2)]));

        told.Cursors.Should().Equal(("a", 2));
        told.Gone.Should().Equal("b");
    }

    [Test]
    public void A_reader_that_is_behind_is_not_told_of_its_own_cursor()
    {
        var told = Told("a", Tick([At("a", 1), At("b", 1)]), Tick([At("a", 2), At("c", 2)]));

        told.Cursors.Should().Equal(("b", 1), ("c", 2));
    }

    [Test]
    public void Readers_that_are_as_far_behind_share_what_they_are_told()
    {
        var (first, second) = (Tick([At("a", 1)]), Tick([At("b", 2)]));

        second.Behind(first).Should().BeSameAs(second.Behind(first));
    }

    private static Cursor At(string userId, double x) => new(userId, x, 0, 0);

    private static CursorFrames Tick(Cursor[] cursors, params string[] gone) => new("r", cursors, gone);

    private static ((string UserId, int X)[] Cursors, string[] Gone) Told(string? mover, params CursorFrames[] ticks)
    {
        var queue = new FrameQueue();
        foreach (var tick in ticks)
        {
            var news = tick.For(mover)!;
            queue.Add(new Waiting(default, news, Cursors, news.EventBytes));
        }

        var (messages, count) = queue.TakeAll();
        var frame = messages.Take(count).Single(message => !message.IsEmpty).ToFrame();
        using var json = JsonDocument.Parse(frame.Head.AsMemory(FrameHeader.LengthFor(frame.Length - FrameHeader.LengthFor(frame.Length))));
        return (
            [.. json.RootElement.GetProperty("cursors").EnumerateArray().Select(cursor => (cursor.GetProperty("userId").GetString()!, cursor.GetProperty("x").GetInt32())).Order()],
            json.RootElement.TryGetProperty("gone", out var gone) ? [.. gone.EnumerateArray().Select(userId => userId.GetString()!)] : []);
    }
}
