using FluentAssertions;
using NUnit.Framework;
using RoomWs.Protocol.Live;
using RoomWs.Server.Fanout;
using RoomWs.Server.Storage.Batch;

namespace RoomWs.Tests.Fanout;

internal sealed class PresenceInboxTests
{
    [Test]
    public void What_waits_is_taken_up_to_the_next_of_the_same_user()
    {
        var inbox = Filled(skipsPairs: false);

        Names(inbox.Take()).Should().Equal("ben Online", "cat Online");
        Names(inbox.Take()).Should().Equal("ben Offline");
        Names(inbox.Take()).Should().Equal("ben Online", "dan Online");
        inbox.Take().Should().BeEmpty();
    }

    [Test]
    public void Where_pairs_are_skipped_the_last_of_each_user_is_left_in_its_place()
    {
        var inbox = Filled(skipsPairs: true);

        Names(inbox.Take()).Should().Equal("cat Online", "ben Online", "dan Online");
    }

    [Test]
    public void A_beginning_anew_parts_what_was_before_it_from_what_is_behind()
    {
        var inbox = new PresenceInbox(skipsPairs: true);
        inbox.Add(Event("ben", PresenceStatus.Online));
        inbox.BeginAnew();
        inbox.Add(Event("ben", PresenceStatus.Offline));

        inbox.TryBeginAnew().Should().BeFalse();
        Names(inbox.Take()).Should().Equal("ben Online");
        inbox.TryBeginAnew().Should().BeTrue();
        inbox.TryBeginAnew().Should().BeFalse();
        Names(inbox.Take()).Should().Equal("ben Offline");
    }

    [Test]
    public void Whoever_is_shown_already_is_not_told_of()
    {
        var shown = new ShownUsers();
        shown.Take(Event("ben", PresenceStatus.Offline)).Should().BeFalse();
        shown.Take(Event("ben", PresenceStatus.Online)).Should().BeTrue();
        shown.Take(Event("ben", PresenceStatus.Online)).Should().BeFalse();
        shown.Take(Event("cat", PresenceStatus.Online)).Should().BeTrue();

        Names(shown.Missing([new PresentUser("cat", "Cat"), new PresentUser("dan", "Dan")], at: 7)).Should().Equal("ben Offline", "dan Online");
        shown.All.Select(user => user.UserId).Should().BeEquivalentTo("ben", "cat");
        shown.Take(Event("ben", PresenceStatus.Offline)).Should().BeTrue();
        shown.Count.Should().Be(1);
    }

    private static PresenceInbox Filled(bool skipsPairs)
    {
        var inbox = new PresenceInbox(skipsPairs);
        foreach (var (userId, status) in ((string, PresenceStatus)[])
        [
            ("ben", PresenceStatus.Online), ("cat", PresenceStatus.Online), ("ben", PresenceStatus.Offline), ("ben", PresenceStatus.Online), ("dan", PresenceStatus.Online),
        ]) inbox.Add(Event(userId, status));
        return inbox;
    }

    private static PresenceEvent Event(string userId, PresenceStatus status) => new(userId, userId, status, 0);

    private static IEnumerable<string> Names(IEnumerable<PresenceEvent> events) => events.Select(one => $"{one.UserId} {one.Status}");
}
