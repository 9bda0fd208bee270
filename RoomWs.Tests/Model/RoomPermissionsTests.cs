using FluentAssertions;
using NUnit.Framework;
using RoomWs.Protocol.Members;
using RoomWs.Server.Model;

namespace RoomWs.Tests.Model;

/// <summary>The pure table behind what the sockets show: every role, every action.</summary>
internal sealed class RoomPermissionsTests
{
    private static readonly RoomRole?[] Roles = [RoomRole.Owner, RoomRole.Admin, RoomRole.Member, null];

    private static readonly (RoomAction Action, bool[] Allowed)[] Table =
    [
        // Action                       OWNER  ADMIN  MEMBER nobody
        (RoomAction.Join,              [true,  true,  true,  true]),
        (RoomAction.CancelRequest,     [true,  true,  true,  true]),
        (RoomAction.See,               [true,  true,  true,  false]),
        (RoomAction.Speak,             [true,  true,  true,  false]),
        (RoomAction.Draw,              [true,  true,  true,  false]),
        (RoomAction.Leave,             [true,  true,  true,  false]),
        (RoomAction.UpdateMeta,        [true,  true,  false, false]),
        (RoomAction.SetJoinPolicy,     [true,  false, false, false]),
        (RoomAction.AddMembers,        [true,  true,  false, false]),
        (RoomAction.RemoveMember,      [true,  true,  false, false]),
        (RoomAction.RemoveAdmin,       [true,  false, false, false]),
        (RoomAction.SetRole,           [true,  false, false, false]),
        (RoomAction.DecideRequests,    [true,  true,  false, false]),
        (RoomAction.ManageInvites,     [true,  true,  false, false]),
        (RoomAction.ManageBoards,      [true,  true,  false, false]),
        (RoomAction.SeeAudit,          [true,  true,  false, false]),
        (RoomAction.Delete,            [true,  false, false, false]),
    ];

    private static IEnumerable<TestCaseData> Cases() =>
        Table.SelectMany(row => Roles.Select((role, i) => new TestCaseData(role, row.Action, row.Allowed[i])));

    [TestCaseSource(nameof(Cases))]
    public void A_role_may_do_what_the_table_says(object? role, object action, bool allowed) =>
        RoomPermissions.Allow((RoomRole?)role, (RoomAction)action).Should().Be(allowed);

    [Test]
    public void The_table_is_complete() => Table.Select(row => row.Action).Should().Equal(Enum.GetValues<RoomAction>());

    [Test]
    public void An_action_that_there_is_not_is_nobodys() =>
        Roles.Should().OnlyContain(role => !RoomPermissions.Allow(role, (RoomAction)999));
}
