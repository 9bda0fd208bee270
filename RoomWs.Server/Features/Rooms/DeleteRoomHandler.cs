using RoomWs.Protocol.Connection;
using RoomWs.Protocol.Rooms;
using RoomWs.Server.Dispatch;
using RoomWs.Server.Model;
using RoomWs.Server.Storage;
using RoomWs.Server.Wire;

namespace RoomWs.Server.Features.Rooms;

/// <summary>ROOM_DELETE: deletes a room with its members, messages, boards, invites and join requests. Its audit trail stays.</summary>
internal sealed class DeleteRoomHandler : IRoomChangeHandler<DeleteRoom>
{
    public ErrorReply? Validate(DeleteRoom command, Caller caller) => FieldRules.RoomId(command.RoomId);

    public Outcome Handle(DeleteRoom command, Caller caller, RoomAccess room, WriteScope write)
    {
        if (room.RefuseStale(command.IfVersion) is { } stale) return stale;

        var last = write.Snapshots.At(room.RoomId, room.Version);
        string[] recipients = [.. last.MemberIds, .. write.JoinRequests.Requesters(room.RoomId)];
        write.Rooms.Delete(room.RoomId);

        OutboundMessage deleted = new RoomDeleted(room.RoomId);
        return new Outcome.Changed(deleted, new RoomChange(room.RoomId, null, new RoomEvent(deleted, RoomAudience.Users(recipients)) { Mark = BoardMark.RoomGone(room.RoomId) }));
    }
}
