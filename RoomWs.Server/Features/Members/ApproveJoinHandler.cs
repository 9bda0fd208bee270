using RoomWs.Protocol.Connection;
using RoomWs.Protocol.Members;
using RoomWs.Server.Configuration;
using RoomWs.Server.Dispatch;
using RoomWs.Server.Features.RoomChanges;
using RoomWs.Server.Model;
using RoomWs.Server.Storage;

namespace RoomWs.Server.Features.Members;

/// <summary>ROOM_JOIN_APPROVE: whoever asked to be let in is let in.</summary>
internal sealed class ApproveJoinHandler(LimitOptions limits) : IChangeHandler<ApproveJoin>
{
    public ErrorReply? Validate(ApproveJoin command) =>
        FieldRules.RoomId(command.RoomId) ?? FieldRules.UserId("userId", command.UserId);

    public Outcome Handle(ApproveJoin command, Caller caller, WriteScope write)
    {
        if (write.Rooms.Access(command.RoomId, caller.UserId) is not { } room) return RoomErrors.NotFound;
        if (room.Refuse(RoomAction.DecideRequests, null) is { } refusal) return refusal;
        if (write.JoinRequests.Find(room.RoomId, command.UserId) is not { } request) return RoomErrors.NoRequest;
        if (MembershipLimits.RefuseJoin(room, [command.UserId], limits, write) is { } full) return full;

        // Coming in ends the request, whichever way it happens.
        var after = Newcomers.Add(room.RoomId, [command.UserId], write);
        var updated = after.MembersUpdated;
        return new Outcome.Changed(updated, new RoomChange(
            room.RoomId,
            after,
            new RoomEvent(new JoinApproved(room.RoomId, after.ToRoom()), [command.UserId]),
            Arrival.Joined(after, command.UserId, request.Username),
            new RoomEvent(updated, after.MemberIds)))
        {
            Note = AuditNote.On(command.UserId),
        };
    }
}
