using RoomWs.Protocol.Connection;
using RoomWs.Protocol.Members;
using RoomWs.Server.Dispatch;
using RoomWs.Server.Features.RoomChanges;
using RoomWs.Server.Model;
using RoomWs.Server.Storage;
using RoomWs.Server.Storage.Batch;

namespace RoomWs.Server.Features.Members;

/// <summary>ROOM_JOIN_APPROVE: accepts a join request and makes its user a member.</summary>
internal sealed class ApproveJoinHandler(Admission admission) : IRoomChangeHandler<ApproveJoin>
{
    public ErrorReply? Validate(ApproveJoin command, Caller caller) =>
        FieldRules.RoomId(command.RoomId) ?? FieldRules.UserId("userId", command.UserId);

    public void Need(ApproveJoin command, Caller caller, RoomNeeds room, Needs needs) => admission.NeedJoining(command.UserId, room, needs);

    public Outcome Handle(ApproveJoin command, Caller caller, RoomAccess room, WriteScope write)
    {
        if (write.JoinRequests.Find(room.RoomId, command.UserId) is not { } request) return RoomErrors.NoRequest;
        // TryApprove also deletes the join request.
        if (admission.TryApprove(room, command.UserId, write, out var joined) is { } refusal) return refusal;

        var after = joined!;
        return Outcome.MembersChanged(
            after,
            AuditNote.On(command.UserId),
            RoomEvent.MemberNotice(new JoinApproved(room.RoomId, after.ToRoom()), RoomAudience.Users(command.UserId)),
            Arrival.Notice(after, command.UserId, request.Username),
            RoomEvent.MemberList(after));
    }
}
