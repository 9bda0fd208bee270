using RoomWs.Protocol.Connection;
using RoomWs.Server.Model;

namespace RoomWs.Server.Fanout;

/// <summary>A room as a reader found it: a reply that shows it must not leave once the room has gone on from there.</summary>
internal sealed record RoomView(LiveRoom Room, RoomSnapshot Snapshot)
{
    /// <summary>Why a user may not do this in the room as it was found; null where it may.</summary>
    public ErrorReply? Refuse(RoomAction action, string userId)
    {
        var role = Snapshot.RoleOf(userId);
        return RoomPermissions.Allow(role, action) ? null : RoomErrors.Forbidden(role);
    }
}
