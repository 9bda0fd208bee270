using System.Text.Json;
using FluentAssertions;
using FsCheck;
using FsCheck.Fluent;
using NUnit.Framework;
using RoomWs.Protocol.Members;
using RoomWs.Protocol.Rooms;
using RoomWs.Server.Model;
using RoomWs.Tests.Support;

namespace RoomWs.Tests.Model;

/// <summary>Whatever happens to five users of whom some are members, one message tells the outcome of it.</summary>
internal sealed class MergedChangeTests
{
    private static readonly string[] Users = ["ann", "ben", "cat", "dan", "eve"];

    [Test]
    public void Changes_merged_bring_every_list_from_the_first_to_the_last_version_to_the_last()
    {
        var changes =
            from steps in (from user in Gen.Elements(Users) from what in Gen.Choose(0, 2) select (user, what)).ListOf()
            where steps.Count > 0
            select steps;

        Prop.ForAll(changes.ToArbitrary(), steps =>
        {
            List<RoomSnapshot> versions = [Start()];
            foreach (var (user, what) in steps) versions.Add(Apply(versions[^1], user, what));
            using var merged = JsonDocument.Parse(new MergedChange(versions.ToArray().AsSpan(1)).Message.Body);

            foreach (var version in versions)
            {
                var kept = new KeptRoster(Roster(version), version.Version);
                kept.Take(merged.RootElement).Should().BeTrue();
                kept.ToString().Should().Be(Roster(versions[^1]));
                kept.Version.Should().Be(versions[^1].Version);
            }
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(500));
    }

    [Test]
    public void Of_a_user_who_came_and_went_the_message_says_only_that_it_is_gone()
    {
        var first = Start().With(MemberChange.Joined([new Member("dan", RoomRole.Member, 0)]), 2, 0);
        var second = first.With(MemberChange.OfRoles(new Dictionary<string, RoomRole> { ["dan"] = RoomRole.Admin }), 3, 0);
        var third = second.With(MemberChange.Ended("dan", null), 4, 0);

        using var merged = JsonDocument.Parse(new MergedChange([first, second, third]).Message.Body);

        merged.RootElement.Change().Should().Be("1-4 -dan");
    }

    private static RoomSnapshot Start()
    {
        var meta = new RoomMeta("r1", null, null, JoinPolicy.Open, null, 0, "ann");
        return new RoomSnapshot("r1", "epoch", meta, 1, 0, [new Member("ann", RoomRole.Owner, 0), new Member("ben", RoomRole.Member, 0), new Member("cat", RoomRole.Member, 0)]);
    }

    /// <summary>Whoever is no member comes; a member goes, or changes its role.</summary>
    private static RoomSnapshot Apply(RoomSnapshot before, string user, int what)
    {
        var change = (before.RoleOf(user), what) switch
        {
            (null, _) => MemberChange.Joined([new Member(user, RoomRole.Member, 0)]),
            (_, 0) when before.MemberCount > 1 => MemberChange.Ended(user, before.MemberIds.First(other => other != user)),
            (_, 1) => MemberChange.OfRoles(new Dictionary<string, RoomRole> { [user] = RoomRole.Admin }),
            _ => MemberChange.OfRoles(new Dictionary<string, RoomRole> { [user] = RoomRole.Member }),
        };
        return before.With(change, before.Version + 1, 0);
    }

    private static string Roster(RoomSnapshot room)
    {
        using var info = JsonDocument.Parse(room.Info.Body);
        return info.RootElement.Room().Roster();
    }
}
