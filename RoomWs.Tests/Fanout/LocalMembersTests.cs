using FluentAssertions;
using NUnit.Framework;
using RoomWs.Protocol.Members;
using RoomWs.Protocol.Rooms;
using RoomWs.Server.Fanout;
using RoomWs.Server.Model;

namespace RoomWs.Tests.Fanout;

/// <summary>Who counts as a local member, whatever happens while a user's rooms are being read. The test is all the threads.</summary>
[FixtureLifeCycle(LifeCycle.InstancePerTestCase)]
internal sealed class LocalMembersTests
{
    private readonly LocalMembers _members = new();

    [Test]
    public void A_user_is_in_the_rooms_that_were_read_until_its_last_connection_ends()
    {
        _members.Take(_members.Add("ann"), ["r", "s"]);
        _members.Add("ann");
        _members.Remove("ann");
        Of("r", "s").Should().Equal("ann", "ann");

        _members.Remove("ann");
        Of("r", "s").Should().BeEmpty();
    }

    [Test]
    public void Whoever_has_no_connection_here_is_no_local_member()
    {
        _members.Join(Joined("r", "ann"));
        _members.Leave("r", "ben");
        _members.Remove("ben");

        Of("r").Should().BeEmpty();
    }

    [Test]
    public void A_room_that_was_made_has_its_members_at_once()
    {
        foreach (var userId in new[] { "ann", "ben" }) _members.Take(_members.Add(userId), []);
        _members.Join(Made("r", "ann", "ben", "cat"));

        Of("r").Should().Equal("ann", "ben");
    }

    [Test]
    public void A_room_that_is_joined_while_the_user_s_rooms_are_read_counts_at_once_and_once()
    {
        var ann = _members.Add("ann");
        _members.Join(Joined("r", "ann"));
        Of("r").Should().Equal("ann");

        _members.Take(ann, ["r", "s"]);
        Of("r", "s").Should().Equal("ann", "ann");
    }

    [Test]
    public void A_room_that_is_joined_behind_the_place_of_the_read_stays()
    {
        var ann = _members.Add("ann");
        _members.Join(Joined("r", "ann"));
        _members.Take(ann, []);

        Of("r").Should().Equal("ann");
    }

    [Test]
    public void A_room_that_is_left_while_the_user_s_rooms_are_read_does_not_count()
    {
        var ann = _members.Add("ann");
        _members.Leave("r", "ann");
        _members.Take(ann, ["r", "s"]);

        Of("r", "s").Should().Equal("ann");
        Of("r").Should().BeEmpty();
    }

    [Test]
    public void Of_joining_and_leaving_while_the_user_s_rooms_are_read_the_last_counts()
    {
        var ann = _members.Add("ann");
        _members.Join(Joined("joined and left", "ann"));
        _members.Leave("joined and left", "ann");
        _members.Leave("left and joined", "ann");
        _members.Join(Joined("left and joined", "ann"));
        _members.Take(ann, ["joined and left", "left and joined"]);

        Of("joined and left").Should().BeEmpty();
        Of("left and joined").Should().Equal("ann");
    }

    [TestCase(true)]
    [TestCase(false)]
    public void A_room_that_is_deleted_while_the_user_s_rooms_are_read_does_not_count_and_another_under_its_id_does(bool isIn)
    {
        var ann = _members.Add("ann");
        _members.End("r");
        _members.Join(Made("r", isIn ? "ann" : "ben"));
        _members.Take(ann, ["r"]);

        Of("r").Should().BeEquivalentTo(isIn ? ["ann"] : Array.Empty<string>());
    }

    [Test]
    public void A_user_who_goes_while_its_rooms_are_read_leaves_nothing_behind()
    {
        var gone = _members.Add("ann");
        _members.Join(Joined("s", "ann"));
        _members.Remove("ann");
        _members.Take(gone, ["r", "s"]);

        Of("r", "s").Should().BeEmpty();
    }

    [Test]
    public void A_user_who_goes_and_comes_again_while_its_rooms_are_read_waits_for_a_read_of_its_own()
    {
        var gone = _members.Add("ann");
        _members.Remove("ann");
        var ann = _members.Add("ann");
        _members.Leave("r", "ann");
        _members.Take(gone, ["r", "s"]);
        Of("r", "s").Should().BeEmpty();

        _members.Take(ann, ["s"]);
        Of("r", "s").Should().Equal("ann");
    }

    [Test]
    public void All_connections_that_come_meanwhile_share_the_read_and_the_next_tries_again_where_it_failed()
    {
        var (ann, reads) = (_members.Add("ann"), 0);
        var failed = _members.Reading(ann, _ => Task.FromException(new IOException($"{++reads}")));
        _members.Reading(_members.Add("ann"), _ => Task.CompletedTask).Should().BeSameAs(failed);
        failed.Value.IsFaulted.Should().BeTrue();

        _members.NotRead(ann);
        _members.Reading(ann, _ => Task.CompletedTask).Value.IsCompletedSuccessfully.Should().BeTrue();
        reads.Should().Be(1);
    }

    [Test]
    public void What_was_lent_stays_as_it_was_whoever_comes_and_goes()
    {
        for (var i = 0; i < 9; i++) _members.Take(_members.Add($"u{i}"), ["r"]);
        var lent = _members.Of("r");
        var before = Ids(lent);

        _members.Remove("u0");
        _members.Take(_members.Add("v"), ["r"]);
        for (var i = 2; i < 9; i++) _members.Leave("r", $"u{i}");

        Ids(lent).Should().Equal(before);
        Of("r").Should().BeEquivalentTo("u1", "v");
    }

    private string[] Of(params string[] roomIds) => [.. roomIds.SelectMany(roomId => Ids(_members.Of(roomId)))];

    private static string[] Ids(ReadOnlySpan<LocalUser> users) => Array.ConvertAll(users.ToArray(), user => user.Id);

    private static RoomSnapshot Made(string roomId, params string[] userIds) =>
        new(roomId, "epoch", new RoomMeta(roomId, null, null, JoinPolicy.Open, null, 0, "owner"), 1, 0, [.. userIds.Select(userId => new Member(userId, RoomRole.Member, 0))]);

    private static RoomSnapshot Joined(string roomId, string userId) =>
        Made(roomId, "owner").With(MemberChange.Joined([new Member(userId, RoomRole.Member, 0)]), 2, 0);
}
