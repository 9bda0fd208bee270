using RoomWs.Protocol;
using RoomWs.Protocol.Connection;
using RoomWs.Protocol.Members;
using RoomWs.Server.Dispatch;
using RoomWs.Server.Features.RoomChanges;
using RoomWs.Server.Model;
using RoomWs.Server.Storage;

namespace RoomWs.Server.Features.Members;

/// <summary>ROOM_SET_ROLE: a member becomes ADMIN or MEMBER, or the room changes hands.</summary>
internal sealed class SetRoomRoleHandler : IChangeHandler<SetRoomRole>
{
    private static readonly ErrorReply OwnRole = new(
        ErrorCode.Forbidden,
        "The OWNER's own role cannot be changed; hand the room over by giving another member the role OWNER.");

    public ErrorReply? Validate(SetRoomRole command) => FieldRules.RoomId(command.RoomId) ?? FieldRules.UserId("userId", command.UserId);

    public Outcome Handle(SetRoomRole command, Caller caller, WriteScope write)
    {
        if (write.Rooms.Access(command.RoomId, caller.UserId) is not { } room) return RoomErrors.NotFound;
        if (room.Refuse(RoomAction.SetRole, command.IfVersion) is { } refusal) return refusal;
        if (command.UserId == caller.UserId) return OwnRole;
        if (write.Members.Role(room.RoomId, command.UserId) is not { } role) return RoomErrors.NotAMember;
        if (role == command.Role) return Outcome.Unchanged(write.Snapshots.At(room.RoomId, room.Version));

        var now = write.Now;
        var changed = new Dictionary<string, RoomRole>(StringComparer.Ordinal) { [command.UserId] = command.Role };
        // A room has exactly one OWNER at every version: giving the role away and losing it are one change.
        if (command.Role == RoomRole.Owner) changed[caller.UserId] = RoomRole.Member;
        foreach (var (userId, newRole) in changed) write.Members.SetRole(room.RoomId, userId, newRole);

        var version = write.Rooms.MembersChanged(room.RoomId, 0, now);
        var after = write.Snapshots.Change(room.RoomId, version, MemberChange.OfRoles(changed), now);
        var updated = after.MembersUpdated;
        var requests = command.Role == RoomRole.Member ? [] : PendingRequests.For(command.UserId, room.RoomId, write);
        return new Outcome.Changed(updated, new RoomChange(room.RoomId, after, [new RoomEvent(updated, after.MemberIds), .. requests]))
        {
            Note = AuditNote.On(command.UserId, command.Role.ToString().ToUpperInvariant()),
        };
    }
}
