using RoomWs.Protocol.Connection;
using RoomWs.Protocol.Members;
using RoomWs.Server.Dispatch;
using RoomWs.Server.Features.RoomChanges;
using RoomWs.Server.Model;
using RoomWs.Server.Storage;
using RoomWs.Server.Storage.Batch;

namespace RoomWs.Server.Features.Members;

/// <summary>ROOM_ADD_MEMBERS: adds users as MEMBERs, all of them or none. Users who are members already are skipped.</summary>
internal sealed class AddRoomMembersHandler(FieldRules rules, Admission admission) : IRoomChangeHandler<AddRoomMembers>, INeedlessChange<AddRoomMembers>
{
    public ErrorReply? Validate(AddRoomMembers command, Caller caller) => command.UserIds.Count == 0
        ? FieldRules.Invalid("userIds must have at least one user id.")
        : FieldRules.RoomId(command.RoomId) ?? rules.UserIds("userIds", command.UserIds);

    public Outcome? Needless(AddRoomMembers command, Caller caller, RoomSnapshot room)
    {
        if (!room.IsAt(command.IfVersion)) return null;
        foreach (var userId in command.UserIds)
        {
            if (room.RoleOf(userId) is null) return null;
        }

        return Outcome.Unchanged(room);
    }

    public void Need(AddRoomMembers command, Caller caller, RoomNeeds room, Needs needs) => admission.NeedAdding(caller.UserId, command.UserIds, room, needs);

    public Outcome Handle(AddRoomMembers command, Caller caller, RoomAccess room, WriteScope write)
    {
        if (room.RefuseStale(command.IfVersion) is { } stale) return stale;

        var newcomers = write.Members.Strangers(room.RoomId, [.. command.UserIds.Distinct(StringComparer.Ordinal)]);
        if (newcomers.Length == 0) return Outcome.Unchanged(write.Snapshots.At(room.RoomId, room.Version));
        if (admission.TryAdd(room, caller, newcomers, write, out var after) is { } refusal) return refusal;

        return Outcome.MembersChanged(after!, new AuditNote(newcomers), RoomEvent.MemberList(after!));
    }
}
