using FluentAssertions;
using NUnit.Framework;
using RoomWs.Server.Fanout;
using RoomWs.Server.Model;
using RoomWs.Tests.Support;

namespace RoomWs.Tests.Fanout;

[FixtureLifeCycle(LifeCycle.InstancePerTestCase)]
internal sealed class RoomDirectoryTests : IDisposable
{
    private readonly KernelFanout _fanout = new();
    private RoomDirectory Rooms => _fanout.Rooms;

    public void Dispose() => _fanout.Dispose();

    [Test]
    public void A_room_is_read_when_it_is_first_asked_for_and_not_again()
    {
        _fanout.AddRoom("r", "ann", "ben");
        Rooms.InUse("r").Should().BeNull();
        Rooms.Peek("r").Should().BeNull();

        var found = Rooms.Find("r")!;
        _fanout.Database.MakeUnreadable();

        found.Snapshot.MemberIds.Should().Equal("ann", "ben");
        Rooms.Find("r")!.Snapshot.Should().BeSameAs(found.Snapshot);
        Rooms.Peek("r").Should().BeSameAs(found.Snapshot);
        Rooms.InUse("r").Should().BeSameAs(found.Room);
        (Rooms.Count, Rooms.MemberCount).Should().Be((1, 2));
    }

    [Test]
    public void A_room_that_there_is_none_of_leaves_nothing_behind()
    {
        Rooms.Find("nowhere").Should().BeNull();

        Rooms.Count.Should().Be(0);
        Rooms.InUse("nowhere").Should().BeNull();
    }

    [Test]
    public void A_failed_read_is_the_asker_s_own_and_the_next_one_reads()
    {
        _fanout.AddRoom("r", "ann");
        _fanout.Database.Run("ALTER TABLE members RENAME TO hidden");
        var find = () => Rooms.Find("r");
        find.Should().Throw<Exception>();

        _fanout.Database.Run("ALTER TABLE hidden RENAME TO members");
        Rooms.Find("r")!.Snapshot.MemberIds.Should().Equal("ann");
    }

    [Test]
    public void A_committed_change_is_the_room_from_then_on_and_is_told_with_it_in_place()
    {
        var before = _fanout.AddRoom("r", "ann");
        var found = Rooms.Find("r")!;
        var after = before.WithMeta(before.Meta, 2, 0);
        (RoomSnapshot? Snapshot, bool UnderGate) told = default;

        Rooms.Publish("r", after, room => told = (room.Snapshot, room.Gate.IsHeldByCurrentThread));

        told.Snapshot.Should().BeSameAs(after);
        told.UnderGate.Should().BeTrue();
        Rooms.Find("r")!.Snapshot.Should().BeSameAs(after);
        Rooms.Find("r")!.Room.Should().BeSameAs(found.Room);
    }

    [Test]
    public void Nobody_is_taken_back_to_an_older_version_which_is_told_all_the_same()
    {
        var first = _fanout.AddRoom("r", "ann");
        var second = first.WithMeta(first.Meta, 2, 0);
        var third = first.WithMeta(first.Meta, 3, 0);
        Rooms.Publish("r", third, _ => { });
        var isTold = false;

        Rooms.Publish("r", second, _ => isTold = true);

        isTold.Should().BeTrue();
        Rooms.Peek("r").Should().BeSameAs(third);
    }

    [Test]
    public void A_room_that_was_deleted_is_told_of_once_more_and_then_gone_with_all_that_was_fleeting()
    {
        _fanout.AddRoom("r", "ann");
        var socket = _fanout.Connect("ann");
        var room = Rooms.Find("r")!.Room;
        using (room.Gate.Enter()) _fanout.Entered.EnterLocked(socket.Connection, "r", room);
        _fanout.Database.Run("DELETE FROM rooms");
        (bool IsGone, bool HasLive) atTelling = default;

        Rooms.Publish("r", null, told => atTelling = (told.Snapshot is null, told.Live is not null));

        atTelling.Should().Be((true, true), "those who have entered are told that the room is gone");
        (room.Retired, room.Live).Should().Be((true, null));
        _fanout.Entered.Count(socket.Connection).Should().Be(0);
        Rooms.InUse("r").Should().BeNull();
        Rooms.Find("r").Should().BeNull();
    }

    [Test]
    public void A_room_that_was_made_anew_has_nothing_of_the_one_before()
    {
        var first = _fanout.AddRoom("r", "ann");
        Rooms.Publish("r", first, room => room.CountToldLocked());
        var old = Rooms.InUse("r");
        Rooms.Publish("r", null, _ => { });
        var second = first.WithMeta(first.Meta, 1, 1);

        Rooms.Publish("r", second, _ => { });

        var found = Rooms.Find("r")!;
        found.Snapshot.Should().BeSameAs(second);
        found.Room.Should().NotBeSameAs(old);
        found.Told.Should().Be(0);
    }

    [Test]
    public void Rooms_that_nobody_has_asked_for_in_a_minute_are_dropped_and_found_anew()
    {
        foreach (var roomId in new[] { "old", "asked", "told" }) _fanout.AddRoom(roomId, "ann");
        var old = Rooms.Find("old")!.Room;
        var told = Rooms.Find("told")!.Snapshot;
        Rooms.Find("asked");
        _fanout.Time.Advance(TimeSpan.FromSeconds(59));
        Rooms.DropUnused();
        Rooms.Count.Should().Be(3);

        Rooms.Find("asked");
        Rooms.Publish("told", told.WithMeta(told.Meta, 2, 0), _ => { });
        _fanout.Time.Advance(TimeSpan.FromSeconds(1));
        Rooms.DropUnused();

        Rooms.InUse("old").Should().BeNull();
        old.Retired.Should().BeTrue("whoever still holds it has to ask again");
        Rooms.InUse("asked").Should().NotBeNull();
        Rooms.InUse("told").Should().NotBeNull();
        Rooms.Find("old")!.Room.Should().NotBeSameAs(old);
    }

    [Test]
    public void A_room_that_somebody_is_in_or_has_yet_to_hear_of_is_not_dropped()
    {
        var ann = _fanout.Connect("ann");
        _fanout.AddRoom("entered", "ann");
        var entered = Rooms.Find("entered")!.Room;
        using (entered.Gate.Enter()) _fanout.Entered.EnterLocked(ann.Connection, "entered", entered);
        _fanout.AnnounceJoin(_fanout.AddRoom("told", "ann"), "ben", ann);
        _fanout.Time.Advance(TimeSpan.FromMinutes(2));

        Rooms.DropUnused();
        Rooms.InUse("entered").Should().BeSameAs(entered);
        Rooms.InUse("told").Should().NotBeNull();

        _fanout.Send();
        _fanout.Entered.Exit(ann.Connection, "entered");
        Rooms.DropUnused();
        Rooms.Count.Should().Be(0);
    }
}
