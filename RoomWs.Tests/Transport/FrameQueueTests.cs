using FluentAssertions;
using NUnit.Framework;
using RoomWs.Protocol.Rooms;
using RoomWs.Server.Transport;
using RoomWs.Server.Wire;

namespace RoomWs.Tests.Transport;

internal sealed class FrameQueueTests
{
    private static readonly object Room = new();
    private static readonly object OtherRoom = new();

    [Test]
    public void A_newer_whole_drops_the_older_one_of_the_same_room_and_takes_its_own_place_at_the_end()
    {
        var queue = new FrameQueue();
        queue.Add(Whole(Room, "1"));
        queue.Add(Frame(1));
        queue.Add(Whole(OtherRoom, "2"));
        queue.Add(Whole(Room, "3"));

        Sent(ref queue).Should().Equal("frame 1", "2", "3");
    }

    [Test]
    public void Replies_and_other_events_are_never_dropped()
    {
        var queue = new FrameQueue();
        for (var i = 0; i < 40; i++)
        {
            queue.Add(Frame((byte)i));
            queue.Add(Whole(Room, "whole"));
        }

        Sent(ref queue).Should().HaveCount(41).And.EndWith("whole");
    }

    [Test]
    public void What_was_dropped_no_longer_counts_against_the_limit()
    {
        var queue = new FrameQueue();
        queue.Add(Whole(Room, "1"));
        var one = queue.Bytes;
        for (var i = 0; i < 100; i++) queue.Add(Whole(Room, "1"));

        queue.Bytes.Should().Be(one);
        queue.Drop();
        queue.Bytes.Should().Be(0);
    }

    [Test]
    public void The_smallest_frames_count_for_the_memory_that_they_take()
    {
        var queue = new FrameQueue();
        for (var i = 0; i < 1_000; i++) queue.Add(Frame((byte)i));

        // A place in the queue has 40 bytes, and an array at least 24.
        queue.Bytes.Should().BeGreaterThanOrEqualTo(56_000);
        queue.Drop();
        queue.Bytes.Should().Be(0);
    }

    private static Waiting Frame(byte number) => new(new OutboundFrame([number]), null, null, 1);

    private static Waiting Whole(object shows, string name)
    {
        OutboundMessage message = new RoomDeleted(name);
        return new Waiting(default, message, shows, message.EventBytes);
    }

    private static List<string> Sent(ref FrameQueue queue)
    {
        var (messages, count) = queue.TakeAll();
        return
        [
            .. messages.Take(count)
                .Where(message => !message.IsEmpty)
                .Select(message => message.Frame.Head is { } frame
                    ? $"frame {frame[0]}"
                    : System.Text.Json.JsonDocument.Parse(message.ToFrame().Head.AsMemory(FrameHeader.LengthFor(1))).RootElement.GetProperty("roomId").GetString()!),
        ];
    }
}
