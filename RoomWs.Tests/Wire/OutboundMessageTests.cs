using System.Text;
using FluentAssertions;
using NUnit.Framework;
using RoomWs.Bench.Load;
using RoomWs.Protocol.Rooms;
using RoomWs.Server.Wire;

namespace RoomWs.Tests.Wire;

internal sealed class OutboundMessageTests
{
    private static readonly CorrelationId Id = new("\"c\\u0031\""u8.ToArray());

    [Test]
    public void The_event_has_the_type_first_and_the_reply_the_correlationId_as_it_came_in()
    {
        OutboundMessage message = new RoomDeleted("r");

        Text(message.Event).Should().Be("""{"type":"ROOM_DELETED","roomId":"r"}""");
        Text(message.Reply(Id)).Should().Be("""{"type":"ROOM_DELETED","correlationId":"c\u0031","roomId":"r"}""");
        message.Reply(default).Head.Should().BeSameAs(message.Event, "without one it is the event itself");
    }

    [Test]
    public void It_is_made_when_it_is_first_sent_and_once_whoever_gets_it()
    {
        var made = 0;
        var message = new OutboundMessage("ROOM_DELETED", expectedBytes: 100, () =>
        {
            made++;
            return new RoomDeleted("r");
        });
        message.EventBytes.Should().Be(100);
        made.Should().Be(0);

        Text(message.Reply(Id)).Should().Contain("correlationId");
        Text(message.Event).Should().Be("""{"type":"ROOM_DELETED","roomId":"r"}""");
        message.Event.Should().BeSameAs(message.Event);
        message.EventBytes.Should().Be(message.Event.Length);
        made.Should().Be(1);
    }

    [Test]
    public void What_was_kept_of_a_reply_makes_the_same_reply_again()
    {
        OutboundMessage first = new RoomDeleted("r");
        var again = new OutboundMessage(first.Type, first.Body);

        Text(again.Reply(Id)).Should().Be(Text(first.Reply(Id)));
        again.Event.Should().Equal(first.Event);
        Text(new OutboundMessage("PONG", "{}"u8.ToArray()).Reply(Id)).Should().Be("""{"type":"PONG","correlationId":"c\u0031"}""");
    }

    [Test]
    public void A_large_message_is_in_memory_once_however_many_replies_show_it()
    {
        var roomId = new string('r', 5_000);
        OutboundMessage message = new RoomDeleted(roomId);

        var (first, second) = (message.Reply(Id), message.Reply(new CorrelationId("17"u8.ToArray())));
        first.Fields!.Bytes.Should().BeSameAs(second.Fields!.Bytes).And.BeSameAs(message.Event);
        first.Head.Length.Should().BeLessThan(100);
        Text(first).Should().Be($$"""{"type":"ROOM_DELETED","correlationId":"c\u0031","roomId":"{{roomId}}"}""");
        Text(second).Should().Be($$"""{"type":"ROOM_DELETED","correlationId":17,"roomId":"{{roomId}}"}""");
        Text(message.Event).Should().Be($$"""{"type":"ROOM_DELETED","roomId":"{{roomId}}"}""");

        var kept = new OutboundMessage(message.Type, message.Body);
        kept.Reply(Id).Fields!.Bytes.Should().BeSameAs(kept.Reply(Id).Fields!.Bytes);
        Text(kept.Reply(Id)).Should().Be(Text(first));
    }

    /// <summary>Just before the size from which fields are shared, just past it, and with a longer header.</summary>
    [TestCase(4_000)]
    [TestCase(4_200)]
    [TestCase(70_000)]
    public void The_length_in_the_header_counts_what_is_shared(int length)
    {
        OutboundMessage message = new RoomDeleted(new string('r', length));

        System.Text.Json.JsonDocument.Parse(Text(message.Reply(Id))).RootElement.GetProperty("roomId").GetString().Should().HaveLength(length);
    }

    private static string Text(OutboundFrame parts)
    {
        byte[] frame = [.. parts.Head, .. parts.Fields is { } fields ? fields.Span : []];
        Frame.TryRead(frame, out var read, out var length).Should().BeTrue();
        length.Should().Be(frame.Length);
        return Encoding.UTF8.GetString(read.Payload);
    }
}
