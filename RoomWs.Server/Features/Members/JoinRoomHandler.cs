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

/// <summary>ROOM_JOIN: the caller comes into a room, or asks to be let in, as the room's joinPolicy has it.</summary>
internal sealed class JoinRoomHandler(LimitOptions limits) : IChangeHandler<JoinRoom>
{
    private static readonly ErrorReply Private = new(ErrorCode.Forbidden, "Room is private. Invitation code required.");

    public ErrorReply? Validate(JoinRoom command) => command.Code is ""
        ? FieldRules.Invalid("code must not be empty.")
        : FieldRules.RoomIdOrSlug(command.RoomId, command.Slug);

    public Outcome Handle(JoinRoom command, Caller caller, WriteScope write)
    {
        var roomId = command.RoomId ?? write.Rooms.FindIdBySlug(command.Slug!);
        if (roomId is null || write.Rooms.Access(roomId, caller.UserId) is not { } room) return RoomErrors.NotFound;
        if (room.Role is not null)
        {
            return new Outcome.Answered(Arrival.Response(write.Snapshots.At(roomId, room.Version), alreadyMember: true, write.Now)) { RoomId = roomId };
        }

        if (room.JoinPolicy == JoinPolicy.Open) return Join(room, caller, inviteId: null, write);
        if (command.Code is { } code) return JoinByCode(code, room, caller, write);
        return room.JoinPolicy == JoinPolicy.Invite ? Private : Ask(room, caller, write);
    }

    private Outcome Join(RoomAccess room, Caller caller, string? inviteId, WriteScope write) =>
        MembershipLimits.RefuseJoin(room, [caller.UserId], limits, write) is { } full ? full : Arrival.Of(caller, room.RoomId, inviteId, write);

    private Outcome JoinByCode(string code, RoomAccess room, Caller caller, WriteScope write)
    {
        var (invite, refusal) = InviteCheck.Find(code, room.RoomId, write);
        if (invite is null) return refusal!;

        var outcome = Join(room, caller, invite.InviteId, write);
        if (outcome is Outcome.Changed) write.Invites.Use(invite.InviteId, caller.UserId, write.Now);
        return outcome;
    }

    private static Outcome Ask(RoomAccess room, Caller caller, WriteScope write)
    {
        if (write.JoinRequests.Find(room.RoomId, caller.UserId) is { } pending)
        {
            return Outcome.Answer(new JoinPending(room.RoomId, pending.RequestId));
        }

        var request = new PendingRequest
        {
            RoomId = room.RoomId,
            RequestId = "request_" + Ids.New(write.Now),
            UserId = caller.UserId,
            Username = caller.Username,
            At = write.Now,
        };
        write.JoinRequests.Add(request);

        var present = write.Snapshots.At(room.RoomId, room.Version);
        return new Outcome.Changed(
            new JoinPending(room.RoomId, request.RequestId),
            new RoomChange(room.RoomId, present, new RoomEvent(request.ToEvent(), present.StaffIds)))
        {
            Note = AuditNote.About(request.RequestId),
        };
    }
}
