using RoomWs.Protocol.Connection;
using RoomWs.Protocol.Rooms;
using RoomWs.Server.Dispatch;
using RoomWs.Server.Features.RoomChanges;
using RoomWs.Server.Model;
using RoomWs.Server.Storage;
using RoomWs.Server.Wire;

namespace RoomWs.Server.Features.Rooms;

/// <summary>ROOM_DELETE: the end of a room and of all memberships in it.</summary>
internal sealed class DeleteRoomHandler : IChangeHandler<DeleteRoom>
{
    public ErrorReply? Validate(DeleteRoom command) => FieldRules.RoomId(command.RoomId);

    public Outcome Handle(DeleteRoom command, Caller caller, WriteScope write)
    {
        if (write.Rooms.Access(command.RoomId, caller.UserId) is not { } room) return RoomErrors.NotFound;
        if (room.Refuse(RoomAction.Delete, command.IfVersion) is { } refusal) return refusal;

        var last = write.Snapshots.At(room.RoomId, room.Version);
        string[] told = [.. last.MemberIds, .. PendingRequests.Requesters(room.RoomId, write)];
        write.Rooms.Delete(room.RoomId);

        OutboundMessage deleted = new RoomDeleted(room.RoomId);
        return new Outcome.Changed(deleted, new RoomChange(room.RoomId, null, new RoomEvent(deleted, told)));
    }
}
