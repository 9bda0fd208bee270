using RoomWs.Protocol.Connection;
using RoomWs.Protocol.Members;

namespace RoomWs.Server.Model;

/// <summary>What a request wants to do to a room.</summary>
internal enum RoomAction
{
    /// <summary>Become a member, as the room's joinPolicy has it.</summary>
    Join,

    /// <summary>Take back one's own join request.</summary>
    CancelRequest,

    See,
    Speak,

    /// <summary>Make boards, add to them and compact them.</summary>
    Draw,

    Leave,
    UpdateMeta,
    SetJoinPolicy,
    AddMembers,
    RemoveMember,
    RemoveAdmin,
    SetRole,
    DecideRequests,
    ManageInvites,
    ManageBoards,
    SeeAudit,
    Delete,
}

/// <summary>Which role may do what: the one place that knows. Pure, so that every combination can be tested.</summary>
internal static class RoomPermissions
{
    private static readonly RoomRole[] Roles = Enum.GetValues<RoomRole>();

    /// <summary>Whether a role may do something.</summary>
    /// <param name="role">The caller's role; null where it is no member.</param>
    /// <param name="action">What it wants.</param>
    public static bool Allow(RoomRole? role, RoomAction action) => action switch
    {
        RoomAction.Join or RoomAction.CancelRequest => true,
        RoomAction.See or RoomAction.Speak or RoomAction.Draw or RoomAction.Leave => role is not null,
        RoomAction.UpdateMeta or RoomAction.AddMembers or RoomAction.RemoveMember or RoomAction.DecideRequests or RoomAction.ManageInvites or RoomAction.ManageBoards or RoomAction.SeeAudit =>
            role is RoomRole.Owner or RoomRole.Admin,
        RoomAction.SetJoinPolicy or RoomAction.RemoveAdmin or RoomAction.SetRole or RoomAction.Delete => role is RoomRole.Owner,
        _ => false,
    };

    /// <summary>Why a role may not do something; null where it may.</summary>
    /// <param name="role">The caller's role; null where it is no member.</param>
    /// <param name="action">What it wants.</param>
    public static ErrorReply? Refuse(RoomRole? role, RoomAction action)
    {
        if (Allow(role, action)) return null;
        // There is nothing to leave: not forbidden, but not there.
        return action == RoomAction.Leave ? RoomErrors.NotIn : RoomErrors.Forbidden(role);
    }

    /// <summary>The roles that may do something, the highest first.</summary>
    public static IEnumerable<RoomRole> RolesThatMay(RoomAction action) => Roles.Where(role => Allow(role, action));

    /// <summary>What it takes to end the membership of somebody who has this role.</summary>
    public static RoomAction RemovalOf(RoomRole target) => target == RoomRole.Member ? RoomAction.RemoveMember : RoomAction.RemoveAdmin;
}
