using RoomWs.Protocol.Connection;
using RoomWs.Protocol.Invites;
using RoomWs.Server.Dispatch;
using RoomWs.Server.Features.RoomChanges;
using RoomWs.Server.Model;
using RoomWs.Server.Storage;
using RoomWs.Server.Storage.Batch;

namespace RoomWs.Server.Features.Invites;

/// <summary>ROOM_INVITE_ACCEPT: makes the caller a member of the code's room.</summary>
internal sealed class AcceptInviteHandler(Admission admission) : IChangeHandler<AcceptInvite>
{
    public ErrorReply? Validate(AcceptInvite command, Caller caller) => command.Code.Length == 0 ? FieldRules.Invalid("code must not be empty.") : null;

    public void Need(AcceptInvite command, Caller caller, Needs needs) => admission.NeedCode(command.Code, caller.UserId, needs);

    public Outcome Handle(AcceptInvite command, Caller caller, WriteScope write) => admission.JoinByCode(command.Code, room: null, caller, write);
}
