using RoomWs.Protocol.Connection;
using RoomWs.Protocol.Invites;
using RoomWs.Server.Dispatch;
using RoomWs.Server.Model;
using RoomWs.Server.Storage;
using RoomWs.Server.Storage.Batch;

namespace RoomWs.Server.Features.Invites;

/// <summary>ROOM_INVITE_REVOKE: deletes an invite, so that its code is no longer valid.</summary>
internal sealed class RevokeInviteHandler : IRoomChangeHandler<RevokeInvite>
{
    public ErrorReply? Validate(RevokeInvite command, Caller caller) => FieldRules.RoomId(command.RoomId);

    public void Need(RevokeInvite command, Caller caller, RoomNeeds room, Needs needs) => room.Invites.Add(command.InviteId);

    public Outcome Handle(RevokeInvite command, Caller caller, RoomAccess room, WriteScope write)
    {
        return write.Invites.Revoke(room.RoomId, command.InviteId)
            ? Outcome.ChangedQuietly(write.Snapshots.At(room.RoomId, room.Version), new InviteRevoked(room.RoomId, command.InviteId), AuditNote.About(command.InviteId))
            : InviteErrors.NotFound;
    }
}
