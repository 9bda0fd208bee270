using RoomWs.Protocol.Connection;
using RoomWs.Protocol.Members;
using RoomWs.Server.Dispatch;
using RoomWs.Server.Features.RoomChanges;
using RoomWs.Server.Model;
using RoomWs.Server.Storage;

namespace RoomWs.Server.Features.Members;

/// <summary>ROOM_REMOVE_MEMBER: another user's membership ends.</summary>
internal sealed class RemoveRoomMemberHandler : IChangeHandler<RemoveRoomMember>
{
    public ErrorReply? Validate(RemoveRoomMember command) =>
        FieldRules.RoomId(command.RoomId) ?? FieldRules.UserId("userId", command.UserId);

    public Outcome Handle(RemoveRoomMember command, Caller caller, WriteScope write)
    {
        if (command.UserId == caller.UserId) return FieldRules.Invalid("userId is your own; use ROOM_LEAVE.");
        if (write.Rooms.Access(command.RoomId, caller.UserId) is not { } room) return RoomErrors.NotFound;
        if (room.Refuse(RoomAction.RemoveMember, null) is { } refusal) return refusal;
        if (write.Members.Role(room.RoomId, command.UserId) is not { } role) return RoomErrors.NotAMember;

        var action = role == RoomRole.Member ? RoomAction.RemoveMember : RoomAction.RemoveAdmin;
        if (room.Refuse(action, command.IfVersion) is { } refused) return refused;

        var after = Departures.Remove(room.RoomId, command.UserId, null, write);
        var updated = after.MembersUpdated;
        var left = new RoomMemberLeft(room.RoomId, command.UserId, write.Users.NameOf(command.UserId), LeaveReason.Removed);
        return new Outcome.Changed(updated, new RoomChange(
            room.RoomId,
            after,
            new RoomEvent(left, after.MemberIds),
            // The removed user learns it from the same message, in which it no longer finds itself.
            new RoomEvent(updated, [.. after.MemberIds, command.UserId])))
        {
            Note = AuditNote.On(command.UserId),
        };
    }
}
