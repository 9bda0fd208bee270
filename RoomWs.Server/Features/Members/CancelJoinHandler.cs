using RoomWs.Protocol.Connection;
using RoomWs.Protocol.Members;
using RoomWs.Server.Dispatch;
using RoomWs.Server.Model;
using RoomWs.Server.Storage;
using RoomWs.Server.Storage.Batch;
using RoomWs.Server.Wire;

namespace RoomWs.Server.Features.Members;

/// <summary>ROOM_JOIN_CANCEL: withdraws the caller's own join request.</summary>
internal sealed class CancelJoinHandler : IRoomChangeHandler<CancelJoin>
{
    public ErrorReply? Validate(CancelJoin command, Caller caller) => FieldRules.RoomId(command.RoomId);

    public void Need(CancelJoin command, Caller caller, RoomNeeds room, Needs needs) => room.Requests.Add(caller.UserId);

    public Outcome Handle(CancelJoin command, Caller caller, RoomAccess room, WriteScope write)
    {
        if (!write.JoinRequests.End(room.RoomId, caller.UserId)) return RoomErrors.NoRequest;

        var present = write.Snapshots.At(room.RoomId, room.Version);
        OutboundMessage cancelled = new JoinCancelled(room.RoomId, caller.UserId);
        return new Outcome.Changed(cancelled, new RoomChange(room.RoomId, present, new RoomEvent(cancelled, RoomAudience.StaffAnd(caller.UserId))));
    }
}
