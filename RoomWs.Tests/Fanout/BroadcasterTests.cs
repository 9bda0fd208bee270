using FluentAssertions;
using NUnit.Framework;
using RoomWs.Server.Model;
using RoomWs.Tests.Support;

namespace RoomWs.Tests.Fanout;

/// <summary>Who gets what of a change, and in which order. The test is the writer's thread.</summary>
[FixtureLifeCycle(LifeCycle.InstancePerTestCase)]
internal sealed class BroadcasterTests : IDisposable
{
    private readonly KernelFanout _fanout = new();
    private readonly RoomSnapshot _room;

    public BroadcasterTests() => _room = _fanout.AddRoom("r", "ann", "ben", "cat");

    public void Dispose() => _fanout.Dispose();

    [Test]
    public void The_requester_gets_its_reply_alone_and_every_other_socket_of_the_users_gets_the_event()
    {
        var (requester, otherOfAnn, ben, otherOfBen, cat) = (Connect("ann"), Connect("ann"), Connect("ben"), Connect("ben"), Connect("cat"));

        _fanout.Announce(_room, requester, "REPLY", ToUsers("EVENT", "ann", "ben", "nobody"));
        _fanout.Send();

        requester.TakeTypes().Should().Equal("REPLY");
        foreach (var other in new[] { otherOfAnn, ben, otherOfBen }) other.TakeTypes().Should().Equal("EVENT");
        cat.Take().Should().BeEmpty();
    }

    [Test]
    public void Nothing_leaves_before_the_end_of_the_batch()
    {
        var (ann, ben) = (Connect("ann"), Connect("ben"));
        _fanout.Announce(_room, ann, "REPLY", ToUsers("EVENT", "ben"));

        ann.Take().Should().BeEmpty();
        ben.Take().Should().BeEmpty();
        _fanout.Broadcaster.EndBatch().Should().Be(2, "so many sockets are sent to");
        _fanout.Broadcaster.EndBatch().Should().Be(0);
    }

    [Test]
    public void A_reply_has_its_place_among_the_events_of_the_changes_before_and_behind_it()
    {
        var (ann, ben) = (Connect("ann"), Connect("ben"));
        _fanout.Announce(_room, ben, "BEN 1", ToUsers("EVENT 1", "ann"));
        _fanout.Announce(_room, ann, "ANN 2", ToUsers("EVENT 2", "ben"));
        _fanout.Broadcaster.Reply(ann.Connection, KernelFanout.Message("ANN 3").Event);
        _fanout.Announce(_room, ben, "BEN 4", ToUsers("EVENT 4", "ann"));
        _fanout.Send();

        ann.TakeTypes().Should().Equal("EVENT 1", "ANN 2", "ANN 3", "EVENT 4");
        ben.TakeTypes().Should().Equal("BEN 1", "EVENT 2", "BEN 4");
    }

    [Test]
    public void The_events_of_one_change_come_in_their_order()
    {
        var (ann, ben) = (Connect("ann"), Connect("ben"));
        var list = RoomEvent.MemberList(_room);
        _fanout.Announce(_room, ann, "REPLY", ToUsers("FIRST", "ben"), list, ToUsers("LAST", "ben"));
        _fanout.Send();

        ben.TakeTypes().Should().Equal("FIRST", "ROOM_MEMBERS_UPDATED", "LAST");
    }

    [Test]
    public void An_event_to_those_who_have_entered_goes_to_their_sockets_alone_and_not_to_the_requester_s()
    {
        var (requester, entered, notEntered) = (Connect("ann"), Connect("ben"), Connect("ben"));
        Enter(requester);
        Enter(entered);

        _fanout.Announce(_room, requester, "REPLY", new RoomEvent(KernelFanout.Message("EVENT"), RoomAudience.Entered));
        _fanout.Send();

        requester.TakeTypes().Should().Equal("REPLY");
        entered.TakeTypes().Should().Equal("EVENT");
        notEntered.Take().Should().BeEmpty();
    }

    [Test]
    public void Whoever_is_out_by_the_change_hears_nothing_that_is_for_those_who_have_entered()
    {
        var (ann, ben) = (Connect("ann"), Connect("ben"));
        Enter(ben);
        var after = _room.With(MemberChange.Ended("ben", null), 2, 0);

        _fanout.Announce(after, ann, "REPLY", new RoomEvent(KernelFanout.Message("EVENT"), RoomAudience.Entered));
        _fanout.Send();

        ben.Take().Should().BeEmpty();
        _fanout.Entered.Count(ben.Connection).Should().Be(0);
    }

    [Test]
    public void Whoever_speaks_is_no_longer_typing_before_it_is_heard()
    {
        var (ann, ben) = (Connect("ann"), Connect("ben"));
        Enter(ann);
        Enter(ben);
        _fanout.Time.Advance(TimeSpan.FromSeconds(1));
        _fanout.Entered.SetTyping(ann.Connection, "r", typing: true).Should().BeNull();

        var said = new RoomChange("r", _room, new RoomEvent(KernelFanout.Message("SAID"), RoomAudience.Entered)) { Speaker = "ann" };
        _fanout.Broadcaster.Announce(said, ann.Connection, KernelFanout.Message("REPLY").Event);
        _fanout.Send();

        ben.TakeTypes().Should().Equal("ROOM_TYPING", "ROOM_TYPING", "SAID");
        ann.TakeTypes().Should().Equal("REPLY");
        _fanout.Time.PendingTimers.Should().Be(0);
    }

    [Test]
    public void A_deletion_is_told_to_those_who_were_in_and_ends_the_room()
    {
        var (ann, ben) = (Connect("ann"), Connect("ben"));
        Enter(ben);

        _fanout.Broadcaster.Announce(new RoomChange("r", null, ToUsers("DELETED", "ann", "ben")), ann.Connection, KernelFanout.Message("REPLY").Event);
        _fanout.Send();

        ben.TakeTypes().Should().Equal("DELETED");
        ann.TakeTypes().Should().Equal("REPLY");
        _fanout.Rooms.InUse("r").Should().BeNull();
        _fanout.Entered.Count(ben.Connection).Should().Be(0);
    }

    [Test]
    public void Each_change_counts_as_told()
    {
        var ann = Connect("ann");
        var before = _fanout.Rooms.Find("r")!.Told;
        _fanout.Announce(_room, ann, "REPLY");
        _fanout.Announce(_room, ann, "REPLY");

        _fanout.Rooms.Find("r")!.Told.Should().Be(before + 2);
    }

    [Test]
    public void For_a_slow_socket_the_newest_list_stands_for_all_that_waited_before_it_and_other_events_stay()
    {
        var (ann, slow) = (Connect("ann"), _fanout.Connect("ben", isSlow: true));
        _fanout.Announce(_room, ann, "REPLY", ToUsers("ON ITS WAY", "ben"));
        _fanout.Send();
        var room = _fanout.AnnounceJoin(_room, "dan", ann);
        _fanout.Announce(room, ann, "REPLY", ToUsers("BETWEEN", "ben"));
        _fanout.Send();
        room = _fanout.AnnounceJoin(room, "eve", ann);
        room = _fanout.AnnounceJoin(room, "fay", ann);
        _fanout.Send();

        var frames = slow.Take();
        frames.Select(frame => frame.Type()).Should().Equal("ON ITS WAY", "BETWEEN", "ROOM_MEMBERS_UPDATED");
        frames[^1].Version().Should().Be(room.Version);
        frames[^1].Texts("members").Should().Equal("ann", "ben", "cat", "dan", "eve", "fay");
    }

    [Test]
    public void Lists_of_different_rooms_do_not_stand_for_each_other()
    {
        var (ann, slow) = (Connect("ann"), _fanout.Connect("ben", isSlow: true));
        var other = _fanout.AddRoom("other", "ann", "ben");
        _fanout.Announce(_room, ann, "REPLY", ToUsers("ON ITS WAY", "ben"));
        _fanout.Send();
        _fanout.AnnounceJoin(_room, "dan", ann);
        _fanout.AnnounceJoin(other, "dan", ann);
        _fanout.Send();

        slow.Take().Skip(1).Select(list => list.Text("roomId")).Should().Equal("r", "other");
    }

    [Test]
    public void Whoever_is_removed_and_let_in_again_learns_of_both_however_slow_it_is()
    {
        var (ann, slow) = (Connect("ann"), _fanout.Connect("ben", isSlow: true));
        _fanout.Announce(_room, ann, "REPLY", ToUsers("ON ITS WAY", "ben"));
        _fanout.Send();
        var without = _fanout.AnnounceEnd(_room, "ben", ann);
        var again = _fanout.AnnounceJoin(without, "ben", ann);
        _fanout.AnnounceJoin(again, "dan", ann);
        _fanout.Send();

        slow.Take().Skip(1).Select(list => string.Join(' ', list.Texts("members"))).Should().Equal("ann cat", "ann cat ben dan");
    }

    private static RoomEvent ToUsers(string type, params string[] userIds) => new(KernelFanout.Message(type), RoomAudience.Users(userIds));

    private KernelSocket Connect(string userId) => _fanout.Connect(userId);

    private void Enter(KernelSocket socket)
    {
        var room = _fanout.Rooms.Find("r")!.Room;
        using (room.Gate.Enter()) _fanout.Entered.EnterLocked(socket.Connection, "r", room);
    }
}
