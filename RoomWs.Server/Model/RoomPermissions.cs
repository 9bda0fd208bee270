using RoomWs.Protocol.Connection;
using RoomWs.Protocol.Members;

namespace RoomWs.Server.Model;

/// <summary>What a request wants to do in a room.</summary>
internal enum RoomAction
{
    /// <summary>Become a member, or ask to, as the room's joinPolicy allows.</summary>
    Join,

    /// <summary>Cancel the caller's own join request.</summary>
    CancelRequest,

    See,
    Speak,

    /// <summary>Create boards, add updates to them and compact them.</summary>
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

/// <summary>Which role may do what. The only place that decides this. Pure functions, so that every combination can be tested.</summary>
internal static class RoomPermissions
{
    private static readonly RoomRole[] Roles = Enum.GetValues<RoomRole>();

    /// <summary>Whether a role may do an action.</summary>
    /// <param name="role">The caller's role. Null if the caller is not a member.</param>
    /// <param name="action">The action.</param>
    public static bool Allow(RoomRole? role, RoomAction action) => action switch
    {
        RoomAction.Join or RoomAction.CancelRequest => true,
        RoomAction.See or RoomAction.Speak or RoomAction.Draw or RoomAction.Leave => role is not null,
        RoomAction.UpdateMeta or RoomAction.AddMembers or RoomAction.RemoveMember or RoomAction.DecideRequests or RoomAction.ManageInvites or RoomAction.ManageBoards or RoomAction.SeeAudit =>
            role is RoomRole.Owner or RoomRole.Admin,
        RoomAction.SetJoinPolicy or RoomAction.RemoveAdmin or RoomAction.SetRole or RoomAction.Delete => role is RoomRole.Owner,
        _ => false,
    };

    /// <summary>The refusal if a role may not do an action. Null if it may.</summary>
    /// <param name="role">The caller's role. Null if the caller is not a member.</param>
    /// <param name="action">The action.</param>
    public static ErrorReply? Refuse(RoomRole? role, RoomAction action)
    {
        if (Allow(role, action)) return null;
        // A user who is not a member has nothing to leave: NOT_FOUND, not FORBIDDEN.
        return action == RoomAction.Leave ? RoomErrors.NotIn : RoomErrors.Forbidden(role);
    }

    /// <summary>The roles that may do an action, the highest first.</summary>
    public static IEnumerable<RoomRole> RolesThatMay(RoomAction action) => Roles.Where(role => Allow(role, action));

    /// <summary>The action that the caller must be allowed to do to remove a member who has this role.</summary>
    public static RoomAction RemovalOf(RoomRole target) => target == RoomRole.Member ? RoomAction.RemoveMember : RoomAction.RemoveAdmin;
}
