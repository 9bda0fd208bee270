using FluentAssertions;
using NUnit.Framework;
using RoomWs.Protocol.Members;
using RoomWs.Server.Model;
using RoomWs.Tests.Support;

namespace RoomWs.Tests.Fanout;

/// <summary>What sockets that take deltas hear of members. The test is the writer's thread.</summary>
[FixtureLifeCycle(LifeCycle.InstancePerTestCase)]
internal sealed class MemberDeltasTests : IDisposable
{
    private readonly KernelFanout _fanout = new();
    private readonly RoomSnapshot _room;
    private readonly KernelSocket _ann;
    private readonly KernelSocket _ben;

    public MemberDeltasTests()
    {
        _room = _fanout.AddRoom("r", "ann", "ben", "cat");
        _ann = _fanout.Connect("ann");
        _ben = _fanout.Connect("ben", takesDeltas: true);
    }

    public void Dispose() => _fanout.Dispose();

    [Test]
    public void Changes_in_a_row_are_one_delta_at_the_end_of_the_batch_and_the_newest_list_for_the_others()
    {
        var cat = _fanout.Connect("cat");
        var room = _fanout.AnnounceJoin(_room, "dan", _ann);
        _fanout.AnnounceJoin(room, "eve", _ann);
        _fanout.Send();

        Heard(_ben).Should().Equal("1-3 +dan=MEMBER +eve=MEMBER");
        cat.Take().Should().ContainSingle().Which.Version().Should().Be(3);
    }

    [Test]
    public void The_next_batch_begins_anew()
    {
        var room = _fanout.AnnounceJoin(_room, "dan", _ann);
        _fanout.Send();
        _fanout.AnnounceJoin(room, "eve", _ann);
        _fanout.Send();

        Heard(_ben).Should().Equal("1-2 +dan=MEMBER", "2-3 +eve=MEMBER");
    }

    [Test]
    public void Rooms_have_deltas_of_their_own()
    {
        var other = _fanout.AddRoom("other", "ann", "ben");
        _fanout.AnnounceJoin(_room, "dan", _ann);
        _fanout.AnnounceJoin(other, "eve", _ann);
        _fanout.Send();

        Heard(_ben).Should().BeEquivalentTo("1-2 +dan=MEMBER", "1-2 +eve=MEMBER");
    }

    [Test]
    public void An_event_of_another_kind_sends_the_deltas_that_wait_ahead_of_it()
    {
        var room = _fanout.AnnounceJoin(_room, "dan", _ann);
        _fanout.Announce(room, _ann, "REPLY", new RoomEvent(KernelFanout.Message("OTHER"), RoomAudience.Members));
        _fanout.AnnounceJoin(room, "eve", _ann);
        _fanout.Send();

        Heard(_ben).Should().Equal("1-2 +dan=MEMBER", "OTHER", "2-3 +eve=MEMBER");
    }

    [Test]
    public void The_notice_of_a_name_goes_past_the_deltas_that_wait()
    {
        var room = _fanout.AnnounceJoin(_room, "dan", _ann);
        var after = room.With(MemberChange.Joined([new Member("eve", RoomRole.Member, 0)]), 3, 0);
        _fanout.Announce(after, _ann, "REPLY", RoomEvent.MemberNotice(KernelFanout.Message("NOTICE"), RoomAudience.Members), RoomEvent.MemberList(after));
        _fanout.Send();

        Heard(_ben).Should().Equal("NOTICE", "1-3 +dan=MEMBER +eve=MEMBER");
    }

    [Test]
    public void A_newcomer_gets_the_whole_list_and_of_what_follows_the_delta()
    {
        var dan = _fanout.Connect("dan", takesDeltas: true);
        var room = _fanout.AnnounceJoin(_room, "dan", _ann);
        room = _fanout.AnnounceJoin(room, "eve", _ann);
        _fanout.Send();
        _fanout.AnnounceEnd(room, "eve", _ann);
        _fanout.Send();

        var frames = dan.Take();
        frames.Select(frame => frame.Type()).Should().Equal("ROOM_MEMBERS_UPDATED", "ROOM_MEMBERS_CHANGED");
        frames[0].Texts("members").Should().Equal("ann", "ben", "cat", "dan", "eve");
        frames[0].Version().Should().Be(3);
        frames[1].Change().Should().Be("3-4 -eve");
    }

    [Test]
    public void Whoever_is_removed_hears_of_its_removal_with_what_came_before_and_of_nothing_behind_it()
    {
        var room = _fanout.AnnounceJoin(_room, "dan", _ann);
        room = _fanout.AnnounceEnd(room, "ben", _ann);
        _fanout.AnnounceJoin(room, "eve", _ann);
        _fanout.Send();

        Heard(_ben).Should().Equal("1-3 +dan=MEMBER -ben");
    }

    [Test]
    public void Whoever_is_removed_and_let_in_again_in_one_batch_gets_the_list_anew()
    {
        var room = _fanout.AnnounceEnd(_room, "ben", _ann);
        _fanout.AnnounceJoin(room, "ben", _ann);
        _fanout.Send();

        Heard(_ben).Should().Equal("1-2 -ben", "ROOM_MEMBERS_UPDATED");
    }

    [Test]
    public void The_requester_hears_what_came_before_its_change_then_its_reply_and_of_its_change_nothing_more()
    {
        var room = _fanout.AnnounceJoin(_room, "dan", _ann);
        room = _fanout.AnnounceJoin(room, "eve", _ben, reply: "MINE");
        _fanout.AnnounceJoin(room, "fay", _ann);
        _fanout.Send();

        Heard(_ben).Should().Equal("1-2 +dan=MEMBER", "MINE", "3-4 +fay=MEMBER");
    }

    [Test]
    public void Another_socket_of_the_requester_hears_of_its_change()
    {
        var other = _fanout.Connect("ben", takesDeltas: true);
        _fanout.AnnounceJoin(_room, "dan", _ben, reply: "MINE");
        _fanout.Send();

        Heard(_ben).Should().Equal("MINE");
        Heard(other).Should().Equal("1-2 +dan=MEMBER");
    }

    [Test]
    public void Whoever_joins_by_its_own_request_has_the_room_by_the_reply_and_needs_no_delta_before_it()
    {
        var dan = _fanout.Connect("dan", takesDeltas: true);
        var room = _fanout.AnnounceEnd(_room, "cat", _ann);
        room = _fanout.AnnounceJoin(room, "dan", dan, reply: "WELCOME");
        _fanout.AnnounceJoin(room, "eve", _ann);
        _fanout.Send();

        Heard(dan).Should().Equal("WELCOME", "3-4 +eve=MEMBER");
    }

    [Test]
    public void From_its_HELLO_on_a_socket_hears_by_deltas_of_what_comes_behind_and_by_lists_of_what_came_before()
    {
        var cat = _fanout.Connect("cat");
        var room = _fanout.AnnounceJoin(_room, "dan", _ann);
        _fanout.Broadcaster.SetMemberDeltas(cat.Connection, takesThem: true);
        _fanout.AnnounceJoin(room, "eve", _ann);
        _fanout.Send();

        Heard(cat).Should().Equal("ROOM_MEMBERS_UPDATED", "2-3 +eve=MEMBER");
    }

    [Test]
    public void A_socket_that_takes_no_deltas_any_more_has_those_before_and_then_lists()
    {
        var room = _fanout.AnnounceJoin(_room, "dan", _ann);
        _fanout.Broadcaster.SetMemberDeltas(_ben.Connection, takesThem: false);
        _fanout.AnnounceJoin(room, "eve", _ann);
        _fanout.Send();

        Heard(_ben).Should().Equal("1-2 +dan=MEMBER", "ROOM_MEMBERS_UPDATED");
    }

    [Test]
    public void A_room_that_is_shown_in_its_turn_comes_behind_the_deltas_that_led_to_it_and_before_those_behind()
    {
        var room = _fanout.AnnounceJoin(_room, "dan", _ann);
        _fanout.Broadcaster.Show(room, _ben.Connection, live => KernelFanout.Message($"SHOWN {live.Snapshot!.Version}").Event);
        _fanout.AnnounceJoin(room, "eve", _ann);
        _fanout.Send();

        Heard(_ben).Should().Equal("1-2 +dan=MEMBER", "SHOWN 2", "2-3 +eve=MEMBER");
    }

    [Test]
    public void A_reply_that_shows_a_room_comes_behind_its_deltas_and_one_that_shows_none_waits_for_none()
    {
        var cat = _fanout.Connect("cat", takesDeltas: true);
        _fanout.AnnounceJoin(_room, "dan", _ann);
        _fanout.Broadcaster.Reply(_ben.Connection, KernelFanout.Message("SHOWS").Event, "r");
        _fanout.Broadcaster.Reply(cat.Connection, KernelFanout.Message("SHOWS NONE").Event);
        _fanout.Send();

        Heard(_ben).Should().Equal("1-2 +dan=MEMBER", "SHOWS");
        Heard(cat).Should().Equal("SHOWS NONE", "1-2 +dan=MEMBER");
    }

    [Test]
    public void A_slow_socket_gets_each_delta_for_none_says_what_another_does()
    {
        var slow = _fanout.Connect("cat", takesDeltas: true, isSlow: true);
        var room = _room;
        foreach (var userId in new[] { "dan", "eve", "fay" })
        {
            room = _fanout.AnnounceJoin(room, userId, _ann);
            _fanout.Send();
        }

        Heard(slow).Should().Equal("1-2 +dan=MEMBER", "2-3 +eve=MEMBER", "3-4 +fay=MEMBER");
    }

    [Test]
    public void A_list_that_nothing_is_known_to_have_led_to_goes_whole_to_all()
    {
        // As of a room that was just made.
        _fanout.Announce(_room, _ann, "REPLY", RoomEvent.MemberList(_room));
        _fanout.Send();

        Heard(_ben).Should().Equal("ROOM_MEMBERS_UPDATED");
    }

    /// <summary>What each delta says, and the type of every other frame.</summary>
    private static string[] Heard(KernelSocket socket) => [.. socket.Take().Select(frame => frame.Type() == "ROOM_MEMBERS_CHANGED" ? frame.Change() : frame.Type())];
}
