using FluentAssertions;
using Microsoft.Extensions.Logging.Abstractions;
using NUnit.Framework;
using RoomWs.Server.Configuration;
using RoomWs.Server.Fanout;
using RoomWs.Server.Model;
using RoomWs.Server.Transport;
using RoomWs.Tests.Support;

namespace RoomWs.Tests.Fanout;

[FixtureLifeCycle(LifeCycle.InstancePerTestCase)]
internal sealed class PresenceTests : IDisposable
{
    private static readonly TimeSpan AlmostGrace = Presence.Grace - TimeSpan.FromMilliseconds(1);

    private readonly KernelFanout _fanout = new();
    private readonly KernelSink _sink = new();
    private readonly ComingClients _coming;
    private readonly KernelWriter _writer;
    private readonly Presence _presence;
    private readonly RoomSnapshot _room;
    private readonly KernelSocket _ann;
    private int _queued;

    public PresenceTests()
    {
        _coming = new ComingClients(() => _queued, _fanout.Time);
        _room = _fanout.AddRoom("r", "ann", "ben", "cat");
        _fanout.AddRoom("big", "ann", "ben", "cat", "dan");
        _fanout.AddRoom("others", "ben", "cat");
        _ann = _fanout.Connect("ann");
        _writer = new KernelWriter(_fanout.Database, _sink, _fanout.Rooms, _fanout.Time);
        var inbox = new PresenceInbox(skipsPairs: false);
        _presence = new Presence(
            new PresenceTeller(inbox, new ShownUsers(), _fanout.Rooms, _fanout.Members, _fanout.Connections, _fanout.Database.Reads, _writer.Queue, new LimitOptions { PresenceMembers = 3 }, _fanout.Time, NullLogger<PresenceTeller>.Instance),
            new LonePresence(inbox, _writer.Queue),
            _coming,
            _fanout.Alarms,
            _fanout.Time);
    }

    public void Dispose()
    {
        _presence.Dispose();
        _writer.Dispose();
        _fanout.Dispose();
    }

    [Test]
    public async Task The_first_connection_is_told_to_the_others_in_the_rooms_that_are_not_too_big()
    {
        var ben = _fanout.Connect("ben");
        Came("ben");
        Came("cat");

        // The big room is never told, and the one of the two others is none of ann's.
        (await HeardByAnnAsync(2)).Should().Equal("r ben ONLINE", "r cat ONLINE");
        (await ben.NextAsync()).Text("userId").Should().Be("cat", "nobody is told of itself");
        (await ben.NextAsync()).Text("roomId").Should().NotBe("big");
    }

    [Test]
    public async Task More_connections_are_not_told_and_the_user_is_there_until_the_last_has_ended_and_the_grace_is_over()
    {
        Came("ben");
        (await _ann.NextAsync()).Text("status").Should().Be("ONLINE");
        Came("ben");
        Went("ben");
        _fanout.Time.Advance(Presence.Grace);
        _presence.IsShownOnline("ben", to: "ann").Should().BeTrue();
        Went("ben");
        _fanout.Time.Advance(AlmostGrace);
        _presence.IsShownOnline("ben", to: "ann").Should().BeTrue();
        var end = _fanout.Time.UtcNow.AddMilliseconds(1);
        _fanout.Time.Advance(TimeSpan.FromMilliseconds(1));

        var offline = await _ann.NextAsync();
        _presence.IsShownOnline("ben", to: "ann").Should().BeFalse();
        _presence.IsShownOnline("ben", to: "ben").Should().BeTrue("nobody is told of itself");
        offline.Text("status").Should().Be("OFFLINE");
        offline.Number("at").Should().Be(end.ToUnixTimeMilliseconds());
    }

    [Test]
    public async Task A_return_within_the_grace_tells_nothing_and_the_next_departure_has_a_whole_grace_again()
    {
        Came("ben");
        Went("ben");
        _fanout.Time.Advance(AlmostGrace);
        Came("ben");
        _fanout.Time.PendingTimers.Should().Be(0);
        _fanout.Time.Advance(Presence.Grace);
        Went("ben");
        _fanout.Time.Advance(AlmostGrace);
        Came("cat");
        _fanout.Time.Advance(TimeSpan.FromMilliseconds(1));

        (await HeardByAnnAsync(3)).Should().Equal("r ben ONLINE", "r cat ONLINE", "r ben OFFLINE");
    }

    [Test]
    public async Task Whoever_had_come_when_the_grace_was_over_is_waited_for()
    {
        Came("ben");
        Came("cat");
        (await HeardByAnnAsync(2)).Should().Equal("r ben ONLINE", "r cat ONLINE");
        Went("ben");
        Went("cat");
        _fanout.Time.Advance(AlmostGrace);
        var (ben, other) = (_coming.Begin(), _coming.Begin());
        _queued = 1;
        _fanout.Time.Advance(TimeSpan.FromMilliseconds(1));

        // The one in the kernel's queue is accepted, and one comes after that.
        var (third, tooLate) = (_coming.Begin(), _coming.Begin());
        Came("ben");
        ben.End();
        ben.End();
        other.End();
        _fanout.Time.Advance(Presence.Grace);
        _presence.IsShownOnline("cat", to: "ann").Should().BeTrue("it may be the third");
        third.End();
        _fanout.Time.Advance(Presence.Grace);

        (await HeardByAnnAsync(1)).Should().Equal("r cat OFFLINE");
        tooLate.End();
    }

    [Test]
    public async Task Who_takes_too_long_to_come_in_is_not_waited_for()
    {
        async Task ComeAndGoAsync()
        {
            Came("ben");
            (await HeardByAnnAsync(1)).Should().Equal("r ben ONLINE");
            Went("ben");
            _fanout.Time.Advance(Presence.Grace);
        }

        _coming.Begin();
        await ComeAndGoAsync();
        _presence.IsShownOnline("ben", to: "ann").Should().BeTrue();
        _fanout.Time.Advance(ComingClients.Patience - Presence.Grace);
        (await HeardByAnnAsync(1)).Should().Equal("r ben OFFLINE");

        // By now it is known for one that holds its socket, and nobody is here longer for it.
        await ComeAndGoAsync();
        (await HeardByAnnAsync(1)).Should().Equal("r ben OFFLINE");

        // One in the kernel's queue may never be accepted.
        _queued = 1;
        await ComeAndGoAsync();
        _presence.IsShownOnline("ben", to: "ann").Should().BeTrue();
        _fanout.Time.Advance(ComingClients.Patience);
        (await HeardByAnnAsync(1)).Should().Equal("r ben OFFLINE");
    }

    [Test]
    public async Task What_happens_is_told_in_the_order_in_which_it_happened()
    {
        var expected = new List<string>();
        for (var i = 0; i < 30; i++)
        {
            Came("ben");
            Came("cat");
            Went("cat");
            _fanout.Time.Advance(Presence.Grace);
            Went("ben");
            _fanout.Time.Advance(Presence.Grace);
            expected.AddRange(["r ben ONLINE", "r cat ONLINE", "r cat OFFLINE", "r ben OFFLINE"]);
        }

        (await HeardByAnnAsync(expected.Count)).Should().Equal(expected);
    }

    [Test]
    public async Task Nobody_hears_that_a_user_is_there_before_hearing_that_it_is_a_member()
    {
        // Here the test is the writer's thread in the middle of a batch: the join is told, and not yet sent.
        _ann.Connection.TakesMemberDeltas = true;
        _fanout.Database.Run("INSERT INTO members (room_number, room_id, user_id, role, joined_at, position) SELECT number, id, 'eve', 2, 0, 9 FROM rooms WHERE id = 'r'");
        _fanout.AnnounceJoin(_room, "eve", _fanout.Connect("ben"));

        Came("eve");

        (await _ann.NextAsync()).Type().Should().Be("ROOM_MEMBERS_CHANGED");
        (await _ann.NextAsync()).Type().Should().Be("ROOM_PRESENCE");
    }

    [Test]
    public async Task Whose_membership_has_ended_when_it_is_told_is_not_told_of()
    {
        void EndMembership()
        {
            _fanout.AnnounceEnd(_room, "ben", _ann);
            _fanout.Send();
        }

        // It is about to be told, and then the change is told that ends the membership: whoever would tell of ben has to wait for that.
        using var gate = await KernelHold.OfAsync(_fanout.Rooms.Find("r")!.Room.Gate, last: EndMembership);
        Came("ben");
        await Deadline.UntilAsync(() => _presence.IsShownOnline("ben", to: "ann"), "ben is about to be told of");
        gate.Release();
        (await HeardByAnnAsync(1)).Should().Equal("REMOVED");
        Came("cat");

        (await HeardByAnnAsync(1)).Should().Equal("r cat ONLINE");
    }

    [Test]
    public async Task After_the_end_nobody_comes_or_goes_and_the_writer_is_not_asked()
    {
        Came("ben");
        Came("cat");
        Went("cat");
        (await HeardByAnnAsync(2)).Should().Equal("r ben ONLINE", "r cat ONLINE");

        _presence.Dispose();
        _fanout.Time.PendingTimers.Should().Be(0, "no grace outlives it");
        var batches = _sink.Batches.Count;
        Went("ben");
        Came("dan");
        Went("dan");
        _fanout.Time.Advance(Presence.Grace);
        _writer.Queue.Dispose();

        _sink.Batches.Should().HaveCount(batches);
        _fanout.Time.PendingTimers.Should().Be(0);
        _ann.Take().Should().BeEmpty();
    }

    private void Came(string userId) => _presence.Came(userId, userId);

    private void Went(string userId) => _presence.Went(userId, userId);

    private async Task<string[]> HeardByAnnAsync(int count)
    {
        var heard = new string[count];
        for (var i = 0; i < count; i++)
        {
            var frame = await _ann.NextAsync();
            heard[i] = frame.Type() == "ROOM_PRESENCE" ? $"{frame.Text("roomId")} {frame.Text("userId")} {frame.Text("status")}" : frame.Type();
        }

        return heard;
    }
}
