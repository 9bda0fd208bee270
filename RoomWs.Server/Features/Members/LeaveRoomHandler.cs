using RoomWs.Protocol;
using RoomWs.Protocol.Connection;
using RoomWs.Protocol.Members;
using RoomWs.Protocol.Rooms;
using RoomWs.Server.Configuration;
using RoomWs.Server.Dispatch;
using RoomWs.Server.Features.RoomChanges;
using RoomWs.Server.Model;
using RoomWs.Server.Storage;

namespace RoomWs.Server.Features.Members;

/// <summary>
/// ROOM_LEAVE: ends the caller's own membership. A leaving OWNER's room passes to a successor, or the leave is refused, depending on
/// OwnerLeave. If it is not refused, the last member's leave deletes the room.
/// </summary>
internal sealed class LeaveRoomHandler(OwnerLeave ownerLeave) : IRoomChangeHandler<LeaveRoom>
{
    private static readonly ErrorReply OwnerStays = new(
        ErrorCode.Forbidden,
        "The OWNER cannot leave: transfer ownership or delete the room.");

    public ErrorReply? Validate(LeaveRoom command, Caller caller) => FieldRules.RoomId(command.RoomId);

    public Outcome Handle(LeaveRoom command, Caller caller, RoomAccess room, WriteScope write)
    {
        if (room.Role == RoomRole.Owner && ownerLeave == OwnerLeave.Forbid) return OwnerStays;

        var reply = new LeaveRoomResponse(true, room.RoomId, write.Now);
        if (room.MemberCount == 1) return EndRoom(room, reply, caller, write);

        var successor = room.Role == RoomRole.Owner ? write.Members.Successor(room.RoomId) : null;
        var after = Departures.Remove(room.RoomId, caller.UserId, successor, write);
        var left = new RoomMemberLeft(room.RoomId, caller.UserId, caller.Username, LeaveReason.Left);
        return new Outcome.Changed(reply, new RoomChange(
            room.RoomId,
            after,
            [
                RoomEvent.MemberNotice(left, RoomAudience.Members),
                // The leaver's other sockets learn of it from the list.
                RoomEvent.MemberListWithout(caller.UserId, after),
                .. successor is null ? [] : PendingRequests.For(successor, room.RoomId, write),
            ]))
        {
            Note = successor is null ? AuditNote.None : AuditNote.On(successor, "OWNER"),
        };
    }

    private static Outcome.Changed EndRoom(RoomAccess room, LeaveRoomResponse reply, Caller caller, WriteScope write)
    {
        string[] recipients = [caller.UserId, .. write.JoinRequests.Requesters(room.RoomId)];
        write.Rooms.Delete(room.RoomId);
        return new Outcome.Changed(reply, new RoomChange(room.RoomId, null, new RoomEvent(new RoomDeleted(room.RoomId), RoomAudience.Users(recipients)) { Mark = BoardMark.RoomGone(room.RoomId) }));
    }
}
