using RoomWs.Protocol.Connection;
using RoomWs.Protocol.Invites;
using RoomWs.Server.Configuration;
using RoomWs.Server.Dispatch;
using RoomWs.Server.Features.RoomChanges;
using RoomWs.Server.Model;
using RoomWs.Server.Storage;

namespace RoomWs.Server.Features.Invites;

/// <summary>ROOM_INVITE_ACCEPT: the caller comes into the code's room.</summary>
internal sealed class AcceptInviteHandler(LimitOptions limits) : IChangeHandler<AcceptInvite>
{
    public ErrorReply? Validate(AcceptInvite command) => command.Code.Length == 0 ? FieldRules.Invalid("code must not be empty.") : null;

    public Outcome Handle(AcceptInvite command, Caller caller, WriteScope write)
    {
        var (invite, refusal) = InviteCheck.Find(command.Code, null, write);
        if (invite is null) return refusal!;

        // An invite goes with its room, so the room of one that is there is there too.
        var room = write.Rooms.Access(invite.RoomId, caller.UserId)!;
        if (room.Role is not null) return InviteErrors.AlreadyMember;
        if (MembershipLimits.RefuseJoin(room, [caller.UserId], limits, write) is { } full) return full;

        write.Invites.Use(invite.InviteId, caller.UserId, write.Now);
        return Arrival.Of(caller, room.RoomId, invite.InviteId, write);
    }
}
