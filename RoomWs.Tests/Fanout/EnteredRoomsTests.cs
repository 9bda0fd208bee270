using FluentAssertions;
using NUnit.Framework;
using RoomWs.Protocol;
using RoomWs.Server.Fanout;
using RoomWs.Server.Model;
using RoomWs.Tests.Support;

namespace RoomWs.Tests.Fanout;

/// <summary>How sockets enter and exit rooms, and what is left of it.</summary>
[FixtureLifeCycle(LifeCycle.InstancePerTestCase)]
internal sealed class EnteredRoomsTests : IDisposable
{
    private readonly KernelFanout _fanout = new();
    private readonly RoomSnapshot _room;
    private readonly KernelSocket _ann;
    private readonly KernelSocket _ben;

    public EnteredRoomsTests()
    {
        _room = _fanout.AddRoom("r", "ann", "ben");
        _fanout.AddRoom("other", "ann", "ben");
        (_ann, _ben) = (_fanout.Connect("ann"), _fanout.Connect("ben"));
    }

    public void Dispose() => _fanout.Dispose();

    private LiveState? Live => _fanout.Rooms.InUse("r")?.Live;

    [Test]
    public void A_socket_counts_once_in_each_room_that_it_has_entered()
    {
        Enter(_ann);
        Enter(_ann);
        Enter(_ann, "other");
        Enter(_ben);

        _fanout.Entered.Count(_ann.Connection).Should().Be(2);
        _fanout.Entered.Count(_ben.Connection).Should().Be(1);
        Live!.Has(_ann.Connection).Should().BeTrue();
    }

    [Test]
    public void With_the_last_one_that_exits_nothing_is_left_of_the_room()
    {
        Enter(_ann);
        Enter(_ben);
        _fanout.Entered.Exit(_ann.Connection, "r");

        Live!.Has(_ann.Connection).Should().BeFalse();
        Live.Has(_ben.Connection).Should().BeTrue();
        _fanout.Entered.Count(_ann.Connection).Should().Be(0);

        _fanout.Entered.Exit(_ben.Connection, "r");
        Live.Should().BeNull();
    }

    [Test]
    public void The_end_of_a_connection_takes_it_out_of_all_its_rooms_and_no_other_one()
    {
        Enter(_ann);
        Enter(_ann, "other");
        Enter(_ben);

        _fanout.Entered.ExitAll(_ann.Connection);

        _fanout.Entered.Count(_ann.Connection).Should().Be(0);
        Live!.Has(_ann.Connection).Should().BeFalse();
        Live.Has(_ben.Connection).Should().BeTrue();
        _fanout.Rooms.InUse("other")!.Live.Should().BeNull();
    }

    [Test]
    public void An_exit_from_where_one_is_not_changes_nothing()
    {
        Enter(_ben);
        _fanout.Entered.Exit(_ann.Connection, "r");
        _fanout.Entered.Exit(_ann.Connection, "nowhere");
        _fanout.Entered.ExitAll(_ann.Connection);

        Live!.Has(_ben.Connection).Should().BeTrue();
    }

    [Test]
    public void A_membership_that_ends_takes_the_user_s_every_socket_out_with_its_cursor_and_typing()
    {
        var otherOfBen = _fanout.Connect("ben");
        foreach (var socket in new[] { _ann, _ben, otherOfBen }) Enter(socket);
        Move(_ben);
        _fanout.Entered.SetTyping(otherOfBen.Connection, "r", typing: true);
        _fanout.Time.Advance(CursorTicker.Tick);
        _ann.Take();

        _fanout.AnnounceEnd(_room, "ben", _ann);
        _fanout.Send();
        _fanout.Time.Advance(CursorTicker.Tick);

        var told = _ann.Take();
        told.Select(frame => frame.Type()).Should().Equal("ROOM_TYPING", "REMOVED", "ROOM_CURSORS");
        told[0].GetProperty("typing").GetBoolean().Should().BeFalse();
        told[2].Texts("gone").Should().Equal("ben");
        Live!.Has(_ben.Connection).Should().BeFalse();
        Live.Has(otherOfBen.Connection).Should().BeFalse();
        _fanout.Entered.Count(_ben.Connection).Should().Be(0);
        _fanout.Entered.Count(otherOfBen.Connection).Should().Be(0);
        _fanout.Time.PendingTimers.Should().Be(0);
    }

    [Test]
    public void When_the_last_who_was_in_is_no_member_any_more_nothing_is_left_of_the_room()
    {
        Enter(_ben);
        _fanout.AnnounceEnd(_room, "ben", _ann);
        _fanout.Send();

        Live.Should().BeNull();
    }

    [Test]
    public void Whoever_has_not_entered_can_neither_point_nor_type_nor_learn_whether_a_room_is_there()
    {
        Enter(_ben);

        Move(_ann).Should().Be(ErrorCode.Forbidden);
        _fanout.Entered.SetTyping(_ann.Connection, "r", typing: true)!.Code.Should().Be(ErrorCode.Forbidden);
        Move(_ann, "other").Should().Be(ErrorCode.Forbidden, "a room that nobody has entered is there all the same");
        Move(_ann, "nowhere").Should().Be(ErrorCode.Forbidden);
        Move(_ben).Should().BeNull();
        _fanout.Time.Advance(CursorTicker.Tick);
        _ann.Take().Should().BeEmpty();
    }

    [Test]
    public void A_cursor_is_told_to_the_others_with_the_next_tick_at_its_last_place_and_once()
    {
        Enter(_ann);
        Enter(_ben);
        _fanout.Time.Advance(CursorTicker.Tick);
        Move(_ben, x: 1);
        Move(_ben, x: 2);
        _ann.Take().Should().BeEmpty();

        _fanout.Time.Advance(CursorTicker.Tick);
        var told = _ann.Take().Should().ContainSingle().Subject;
        var cursor = told.GetProperty("cursors").EnumerateArray().Should().ContainSingle().Subject;
        (cursor.Text("userId"), cursor.Number("x")).Should().Be(("ben", 2));
        _ben.Take().Should().BeEmpty("nobody is told of its own");

        _fanout.Time.Advance(TimeSpan.FromSeconds(1));
        _ann.Take().Should().BeEmpty();
        _fanout.Time.PendingTimers.Should().Be(0, "a tick is only set while there is something to tell");
    }

    [Test]
    public void Whoever_enters_while_a_move_is_on_its_way_hears_of_all_cursors()
    {
        Enter(_ben);
        Move(_ben);
        _fanout.Time.Advance(CursorTicker.Tick);
        Enter(_ann);
        _fanout.Time.Advance(CursorTicker.Tick);

        _ann.TakeTypes().Should().Equal("ROOM_CURSORS");
        _ben.Take().Should().BeEmpty();
    }

    [Test]
    public void A_user_s_cursor_stays_where_its_other_socket_has_moved_it_last()
    {
        var otherOfBen = _fanout.Connect("ben");
        foreach (var socket in new[] { _ann, _ben, otherOfBen }) Enter(socket);
        Move(_ben);
        Move(otherOfBen);
        _fanout.Entered.Exit(_ben.Connection, "r");
        Live!.Cursors.Should().ContainSingle();

        _fanout.Entered.Exit(otherOfBen.Connection, "r");
        Live.Cursors.Should().BeEmpty();
    }

    private void Enter(KernelSocket socket, string roomId = "r")
    {
        var room = _fanout.Rooms.Find(roomId)!.Room;
        using (room.Gate.Enter()) _fanout.Entered.EnterLocked(socket.Connection, roomId, room);
    }

    private ErrorCode? Move(KernelSocket socket, string roomId = "r", double x = 0) => _fanout.Entered.MoveCursor(socket.Connection, roomId, x, 0)?.Code;
}
