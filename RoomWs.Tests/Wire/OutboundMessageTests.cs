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
        message.Reply(default).Should().BeSameAs(message.Event, "without one it is the event itself");
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

        again.Reply(Id).Should().Equal(first.Reply(Id));
        again.Event.Should().Equal(first.Event);
        Text(new OutboundMessage("PONG", "{}"u8.ToArray()).Reply(Id)).Should().Be("""{"type":"PONG","correlationId":"c\u0031"}""");
    }

    private static string Text(byte[] frame)
    {
        Frame.TryRead(frame, out var read, out var length).Should().BeTrue();
        length.Should().Be(frame.Length);
        return Encoding.UTF8.GetString(read.Payload);
    }
}
