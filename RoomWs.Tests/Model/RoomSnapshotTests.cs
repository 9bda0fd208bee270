using FluentAssertions;
using NUnit.Framework;
using RoomWs.Protocol.Members;
using RoomWs.Protocol.Rooms;
using RoomWs.Server.Model;

namespace RoomWs.Tests.Model;

internal sealed class RoomSnapshotTests
{
    [Test]
    public void A_change_makes_the_next_version_and_leaves_the_one_before_as_it_was()
    {
        var before = Room(2);
        var after = before.With(MemberChange.Ended("user0", newOwner: "user1"), 2, 9);

        after.MemberIds.Should().Equal("user1");
        after.RoleOf("user1").Should().Be(RoomRole.Owner);
        after.RoleOf("user0").Should().BeNull();
        (after.Version, after.UpdatedAt, after.MemberCount).Should().Be((2, 9, 1));
        before.MemberIds.Should().Equal("user0", "user1");
        before.RoleOf("user1").Should().Be(RoomRole.Member);
    }

    [Test]
    public void Whoever_leaves_and_comes_again_stands_at_the_end()
    {
        var room = Room(3)
            .With(MemberChange.Ended("user1", null), 2, 0)
            .With(MemberChange.Joined([new Member("user1", RoomRole.Member, 0)]), 3, 0);

        room.MemberIds.Should().Equal("user0", "user2", "user1");
    }

    [TestCase(1)]
    [TestCase(16)]
    [TestCase(17)]
    [TestCase(1_000)]
    public void The_role_of_each_member_is_known_whatever_the_size(int members)
    {
        var room = Room(members);

        room.MemberIds.Where((userId, i) => room.RoleOf(userId) != (i == 0 ? RoomRole.Owner : RoomRole.Member)).Should().BeEmpty();
        room.RoleOf("nobody").Should().BeNull();
        room.RoleOf("USER0").Should().BeNull();
    }

    [Test]
    public void A_change_of_meta_is_no_change_of_members()
    {
        var joined = Room(1).With(MemberChange.Joined([new Member("ben", RoomRole.Member, 0)]), 2, 0);
        var renamed = joined.WithMeta(joined.Meta with { Name = "new" }, 3, 1);

        joined.Change.Should().NotBeNull();
        renamed.Change.Should().BeNull("no delta leads to it");
        renamed.MemberIds.Should().Equal("user0", "ben");
        renamed.Meta.Name.Should().Be("new");
    }

    [Test]
    public void What_is_made_of_a_version_is_made_once()
    {
        var room = Room(2).With(MemberChange.Joined([new Member("ben", RoomRole.Member, 0)]), 2, 0);

        room.Info.Should().BeSameAs(room.Info);
        room.MembersUpdated.Should().BeSameAs(room.MembersUpdated);
        room.MembersChanged.Should().BeSameAs(room.MembersChanged);
    }

    private static RoomSnapshot Room(int members) => new(
        "r",
        "epoch",
        new RoomMeta("r", null, null, JoinPolicy.Open, null, 0, "user0"),
        1,
        0,
        [.. Enumerable.Range(0, members).Select(i => new Member($"user{i}", i == 0 ? RoomRole.Owner : RoomRole.Member, 0))]);
}
