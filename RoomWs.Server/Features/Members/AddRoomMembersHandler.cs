using RoomWs.Protocol.Connection;
using RoomWs.Protocol.Members;
using RoomWs.Server.Configuration;
using RoomWs.Server.Dispatch;
using RoomWs.Server.Features.RoomChanges;
using RoomWs.Server.Model;
using RoomWs.Server.Storage;

namespace RoomWs.Server.Features.Members;

/// <summary>ROOM_ADD_MEMBERS: users become MEMBERs, all of them or none.</summary>
internal sealed class AddRoomMembersHandler(FieldRules rules, LimitOptions limits) : IChangeHandler<AddRoomMembers>
{
    public ErrorReply? Validate(AddRoomMembers command) => command.UserIds.Count == 0
        ? FieldRules.Invalid("userIds must have at least one user id.")
        : FieldRules.RoomId(command.RoomId) ?? rules.UserIds("userIds", command.UserIds);

    public Outcome Handle(AddRoomMembers command, Caller caller, WriteScope write)
    {
        if (write.Rooms.Access(command.RoomId, caller.UserId) is not { } room) return RoomErrors.NotFound;
        if (room.Refuse(RoomAction.AddMembers, command.IfVersion) is { } refusal) return refusal;

        string[] newcomers =
        [
            .. command.UserIds
                .Distinct(StringComparer.Ordinal)
                .Where(userId => write.Members.Role(room.RoomId, userId) is null),
        ];
        if (newcomers.Length == 0) return Outcome.Unchanged(write.Snapshots.At(room.RoomId, room.Version));
        if (MembershipLimits.RefuseJoin(room, newcomers, limits, write) is { } full) return full;

        var after = Newcomers.Add(room.RoomId, newcomers, write);
        return Outcome.ChangedForAll(after, after.MembersUpdated, new AuditNote(newcomers));
    }
}
