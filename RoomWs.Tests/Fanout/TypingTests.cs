using FluentAssertions;
using NUnit.Framework;
using RoomWs.Tests.Support;

namespace RoomWs.Tests.Fanout;

[FixtureLifeCycle(LifeCycle.InstancePerTestCase)]
internal sealed class TypingTests : IDisposable
{
    private readonly KernelFanout _fanout = new();
    private readonly KernelSocket _ann;
    private readonly KernelSocket _ben;

    public TypingTests()
    {
        _fanout.AddRoom("r", "ann", "ben");
        (_ann, _ben) = (_fanout.Connect("ann"), _fanout.Connect("ben"));
        Enter(_ann);
        Enter(_ben);
        _fanout.Time.Advance(TimeSpan.FromSeconds(1));
        _fanout.Time.PendingTimers.Should().Be(0);
    }

    public void Dispose() => _fanout.Dispose();

    [Test]
    public void It_is_told_to_the_others_when_it_begins_and_not_again_while_it_goes_on()
    {
        Type(true);
        Type(true);
        Type(true);

        Heard(_ann).Should().Equal("ben types");
        Heard(_ben).Should().BeEmpty();
        _fanout.Time.PendingTimers.Should().Be(1, "each sign of it takes the place of the one before");
    }

    [Test]
    public void It_ends_by_word_and_once()
    {
        Type(true);
        Type(false);
        Type(false);

        Heard(_ann).Should().Equal("ben types", "ben stops");
        _fanout.Time.PendingTimers.Should().Be(0);
    }

    [Test]
    public void It_ends_five_seconds_after_the_last_sign_of_it()
    {
        Type(true);
        _fanout.Time.Advance(TimeSpan.FromSeconds(4));
        Type(true);
        _fanout.Time.Advance(TimeSpan.FromMilliseconds(4_999));
        Heard(_ann).Should().Equal("ben types");

        _fanout.Time.Advance(TimeSpan.FromMilliseconds(1));
        Heard(_ann).Should().Equal("ben stops");

        Type(true);
        Heard(_ann).Should().Equal("ben types");
    }

    [Test]
    public void It_ends_when_the_socket_exits_or_its_connection_ends()
    {
        Type(true);
        _fanout.Entered.Exit(_ben.Connection, "r");
        Heard(_ann).Should().Equal("ben types", "ben stops");

        Enter(_ben);
        Type(true);
        _fanout.Entered.ExitAll(_ben.Connection);
        Heard(_ann).Should().Equal("ben types", "ben stops");
        _fanout.Time.Advance(TimeSpan.FromSeconds(1));
        _fanout.Time.PendingTimers.Should().Be(0);
    }

    [Test]
    public void It_does_not_end_when_another_socket_of_the_user_exits()
    {
        var other = _fanout.Connect("ben");
        Enter(other);
        Type(true);
        _fanout.Entered.Exit(other.Connection, "r");

        Heard(_ann).Should().Equal("ben types");
        _fanout.Rooms.InUse("r")!.Live!.Typing.Should().ContainSingle().Which.UserId.Should().Be("ben");
    }

    [Test]
    public void A_room_that_is_deleted_leaves_no_timer()
    {
        Type(true);
        _fanout.Rooms.Publish("r", null, _ => { });

        _fanout.Time.PendingTimers.Should().Be(0);
    }

    [Test]
    public void Of_typing_that_begins_and_ends_while_a_socket_is_slow_it_hears_the_end_alone()
    {
        var slow = _fanout.Connect("ann", isSlow: true);
        Enter(slow);
        _fanout.Time.Advance(TimeSpan.FromSeconds(1));
        slow.Connection.Reply(KernelFanout.Message("ON ITS WAY").Event);
        slow.Connection.FlushReplies();
        Type(true);
        Type(false);

        slow.Take().Skip(1).Select(What).Should().Equal("ben stops");
    }

    private static string What(System.Text.Json.JsonElement frame) =>
        frame.Type() == "ROOM_TYPING" ? $"{frame.Text("userId")} {(frame.GetProperty("typing").GetBoolean() ? "types" : "stops")}" : frame.Type();

    private static string[] Heard(KernelSocket socket) => [.. socket.Take().Select(What)];

    private void Type(bool typing) => _fanout.Entered.SetTyping(_ben.Connection, "r", typing).Should().BeNull();

    private void Enter(KernelSocket socket)
    {
        var room = _fanout.Rooms.Find("r")!.Room;
        using (room.Gate.Enter()) _fanout.Entered.EnterLocked(socket.Connection, "r", room);
    }
}
