using FluentAssertions;
using NUnit.Framework;
using RoomWs.Protocol;
using RoomWs.Protocol.Members;
using RoomWs.Server.Model;

namespace RoomWs.Tests.Model;

internal sealed class RoomPermissionsTests
{
    /// <summary>The lowest role that may; None where nobody has to be in.</summary>
    private static readonly Dictionary<RoomAction, RoomRole?> Lowest = new()
    {
        [RoomAction.Join] = null,
        [RoomAction.CancelRequest] = null,
        [RoomAction.See] = RoomRole.Member,
        [RoomAction.Speak] = RoomRole.Member,
        [RoomAction.Draw] = RoomRole.Member,
        [RoomAction.Leave] = RoomRole.Member,
        [RoomAction.UpdateMeta] = RoomRole.Admin,
        [RoomAction.AddMembers] = RoomRole.Admin,
        [RoomAction.RemoveMember] = RoomRole.Admin,
        [RoomAction.DecideRequests] = RoomRole.Admin,
        [RoomAction.ManageInvites] = RoomRole.Admin,
        [RoomAction.ManageBoards] = RoomRole.Admin,
        [RoomAction.SeeAudit] = RoomRole.Admin,
        [RoomAction.SetJoinPolicy] = RoomRole.Owner,
        [RoomAction.RemoveAdmin] = RoomRole.Owner,
        [RoomAction.SetRole] = RoomRole.Owner,
        [RoomAction.Delete] = RoomRole.Owner,
    };

    [TestCaseSource(nameof(Actions))]
    public void Each_action_is_for_those_of_a_role_and_above(RoomAction action)
    {
        Lowest.Should().ContainKey(action);
        RoomRole?[] callers = [RoomRole.Owner, RoomRole.Admin, RoomRole.Member, null];
        RoomRole?[] expected = Lowest[action] is { } lowest ? [.. callers.Where(role => role <= lowest)] : callers;

        callers.Where(role => RoomPermissions.Allow(role, action)).Should().Equal(expected);
        callers.Where(role => RoomPermissions.Refuse(role, action) is null).Should().Equal(expected);
        RoomPermissions.RolesThatMay(action).Should().Equal(expected.OfType<RoomRole>(), "the highest comes first");
    }

    [Test]
    public void An_action_that_there_is_none_of_is_for_nobody() => RoomPermissions.Allow(RoomRole.Owner, (RoomAction)999).Should().BeFalse();

    [Test]
    public void Whoever_is_not_in_is_forbidden_all_but_to_leave_for_there_is_nothing_to_leave()
    {
        RoomPermissions.Refuse(null, RoomAction.See)!.Code.Should().Be(ErrorCode.Forbidden);
        RoomPermissions.Refuse(null, RoomAction.Delete)!.Code.Should().Be(ErrorCode.Forbidden);
        RoomPermissions.Refuse(null, RoomAction.Leave)!.Code.Should().Be(ErrorCode.NotFound);
    }

    [Test]
    public void A_refusal_names_the_role_as_the_wire_does()
    {
        RoomPermissions.Refuse(RoomRole.Member, RoomAction.Delete)!.Message.Should().Contain("MEMBER");
        RoomPermissions.Refuse(RoomRole.Admin, RoomAction.Delete)!.Message.Should().Contain("ADMIN");
    }

    [Test]
    public void To_take_out_a_member_takes_less_than_to_take_out_anybody_above()
    {
        RoomPermissions.RemovalOf(RoomRole.Member).Should().Be(RoomAction.RemoveMember);
        RoomPermissions.RemovalOf(RoomRole.Admin).Should().Be(RoomAction.RemoveAdmin);
        RoomPermissions.RemovalOf(RoomRole.Owner).Should().Be(RoomAction.RemoveAdmin);
    }

    private static RoomAction[] Actions() => Enum.GetValues<RoomAction>();
}
