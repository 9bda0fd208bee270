using RoomWs.Protocol.Members;

namespace RoomWs.Server.Model;

/// <summary>What a request wants to do to a room.</summary>
internal enum RoomAction
{
    See,
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

/// <summary>Who may do what: the one place that knows. Pure, so that every combination can be tested.</summary>
internal static class RoomPermissions
{
    /// <summary>Whether a role may do something.</summary>
    /// <param name="role">The caller's role; null where it is no member, who may do nothing.</param>
    /// <param name="action">What it wants.</param>
    public static bool Allow(RoomRole? role, RoomAction action) => action switch
    {
        RoomAction.See => role is not null,
        RoomAction.UpdateMeta or RoomAction.AddMembers or RoomAction.RemoveMember or RoomAction.DecideRequests or RoomAction.ManageInvites or RoomAction.ManageBoards or RoomAction.SeeAudit =>
            role is RoomRole.Owner or RoomRole.Admin,
        RoomAction.SetJoinPolicy or RoomAction.RemoveAdmin or RoomAction.SetRole or RoomAction.Delete => role is RoomRole.Owner,
        _ => false,
    };
}
