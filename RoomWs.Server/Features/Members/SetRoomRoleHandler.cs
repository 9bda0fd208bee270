using RoomWs.Protocol;
using RoomWs.Protocol.Connection;
using RoomWs.Protocol.Members;
using RoomWs.Server.Dispatch;
using RoomWs.Server.Features.RoomChanges;
using RoomWs.Server.Model;
using RoomWs.Server.Storage;
using RoomWs.Server.Storage.Batch;

namespace RoomWs.Server.Features.Members;

/// <summary>ROOM_SET_ROLE: makes a member ADMIN or MEMBER, or transfers the room to it.</summary>
internal sealed class SetRoomRoleHandler : IRoomChangeHandler<SetRoomRole>, INeedlessChange<SetRoomRole>
{
    private static readonly ErrorReply OwnRole = new(
        ErrorCode.Forbidden,
        "The OWNER's own role cannot be changed; hand the room over by giving another member the role OWNER.");

    public ErrorReply? Validate(SetRoomRole command, Caller caller) => FieldRules.RoomId(command.RoomId) ?? FieldRules.UserId("userId", command.UserId);

    public Outcome? Needless(SetRoomRole command, Caller caller, RoomSnapshot room) =>
        room.IsAt(command.IfVersion) && command.UserId != caller.UserId && room.RoleOf(command.UserId) == command.Role ? Outcome.Unchanged(room) : null;

    public void Need(SetRoomRole command, Caller caller, RoomNeeds room, Needs needs) => room.Members.Add(command.UserId);

    public Outcome Handle(SetRoomRole command, Caller caller, RoomAccess room, WriteScope write)
    {
        if (room.RefuseStale(command.IfVersion) is { } stale) return stale;
        if (command.UserId == caller.UserId) return OwnRole;
        if (write.Members.Role(room.RoomId, command.UserId) is not { } role) return RoomErrors.NotAMember;
        if (role == command.Role) return Outcome.Unchanged(write.Snapshots.At(room.RoomId, room.Version));

        var changed = new Dictionary<string, RoomRole>(StringComparer.Ordinal) { [command.UserId] = command.Role };
        // A room has exactly one OWNER at every version, so both roles change in the same version.
        if (command.Role == RoomRole.Owner) changed[caller.UserId] = RoomRole.Member;
        foreach (var (userId, newRole) in changed) write.Members.SetRole(room.RoomId, userId, newRole);

        var version = write.Rooms.MembersChanged(room.RoomId, 0, write.Now);
        var after = write.Snapshots.Change(room.RoomId, version, MemberChange.OfRoles(changed), write.Now);
        var requests = RoomPermissions.Allow(command.Role, RoomAction.DecideRequests) ? PendingRequests.For(command.UserId, room.RoomId, write) : [];
        return Outcome.MembersChanged(
            after,
            AuditNote.On(command.UserId, command.Role.ToString().ToUpperInvariant()),
            [RoomEvent.MemberList(after), .. requests]);
    }
}
