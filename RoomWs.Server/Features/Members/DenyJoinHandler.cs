using RoomWs.Protocol.Connection;
using RoomWs.Protocol.Members;
using RoomWs.Server.Dispatch;
using RoomWs.Server.Model;
using RoomWs.Server.Storage;
using RoomWs.Server.Storage.Batch;
using RoomWs.Server.Wire;

namespace RoomWs.Server.Features.Members;

/// <summary>ROOM_JOIN_DENY: refuses a join request.</summary>
internal sealed class DenyJoinHandler : IRoomChangeHandler<DenyJoin>
{
    public ErrorReply? Validate(DenyJoin command, Caller caller) =>
        FieldRules.RoomId(command.RoomId) ?? FieldRules.UserId("userId", command.UserId);

    public void Need(DenyJoin command, Caller caller, RoomNeeds room, Needs needs) => room.Requests.Add(command.UserId);

    public Outcome Handle(DenyJoin command, Caller caller, RoomAccess room, WriteScope write)
    {
        if (!write.JoinRequests.End(room.RoomId, command.UserId)) return RoomErrors.NoRequest;

        write.JoinRequests.Deny(room.RoomId, command.UserId, write.Now);
        var present = write.Snapshots.At(room.RoomId, room.Version);
        OutboundMessage denied = new JoinDenied(room.RoomId, command.UserId);
        return new Outcome.Changed(denied, new RoomChange(room.RoomId, present, new RoomEvent(denied, RoomAudience.StaffAnd(command.UserId))))
        {
            Note = AuditNote.On(command.UserId),
        };
    }
}
