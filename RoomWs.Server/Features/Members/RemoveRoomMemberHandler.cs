using RoomWs.Protocol.Connection;
using RoomWs.Protocol.Members;
using RoomWs.Server.Dispatch;
using RoomWs.Server.Features.RoomChanges;
using RoomWs.Server.Model;
using RoomWs.Server.Storage;
using RoomWs.Server.Storage.Batch;

namespace RoomWs.Server.Features.Members;

/// <summary>ROOM_REMOVE_MEMBER: ends another user's membership.</summary>
internal sealed class RemoveRoomMemberHandler : IRoomChangeHandler<RemoveRoomMember>
{
    public ErrorReply? Validate(RemoveRoomMember command, Caller caller) =>
        FieldRules.RoomId(command.RoomId)
        ?? FieldRules.UserId("userId", command.UserId)
        ?? (command.UserId == caller.UserId ? FieldRules.Invalid("userId is your own; use ROOM_LEAVE.") : null);

    public void Need(RemoveRoomMember command, Caller caller, RoomNeeds room, Needs needs)
    {
        room.Members.Add(command.UserId);
        needs.Users.Add(command.UserId);
    }

    public Outcome Handle(RemoveRoomMember command, Caller caller, RoomAccess room, WriteScope write)
    {
        if (write.Members.Role(room.RoomId, command.UserId) is not { } role) return RoomErrors.NotAMember;

        if (room.Refuse(RoomPermissions.RemovalOf(role)) is { } refusal) return refusal;
        if (room.RefuseStale(command.IfVersion) is { } stale) return stale;

        var after = Departures.Remove(room.RoomId, command.UserId, null, write);
        var left = new RoomMemberLeft(room.RoomId, command.UserId, write.Users.NameOf(command.UserId), LeaveReason.Removed);
        return Outcome.MembersChanged(
            after,
            AuditNote.On(command.UserId),
            RoomEvent.MemberNotice(left, RoomAudience.Members),
            RoomEvent.MemberListWithout(command.UserId, after));
    }
}
