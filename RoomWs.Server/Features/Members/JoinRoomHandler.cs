using RoomWs.Protocol;
using RoomWs.Protocol.Connection;
using RoomWs.Protocol.Members;
using RoomWs.Protocol.Rooms;
using RoomWs.Server.Dispatch;
using RoomWs.Server.Features.RoomChanges;
using RoomWs.Server.Model;
using RoomWs.Server.Storage;

namespace RoomWs.Server.Features.Members;

/// <summary>ROOM_JOIN: makes the caller a member, or creates a join request, depending on the room's joinPolicy and the code.</summary>
internal sealed class JoinRoomHandler(Admission admission) : IRoomChangeHandler<JoinRoom>
{
    private static readonly ErrorReply Private = new(ErrorCode.Forbidden, "Room is private. Invitation code required.");

    public ErrorReply? Validate(JoinRoom command, Caller caller) => command.Code is ""
        ? FieldRules.Invalid("code must not be empty.")
        : FieldRules.RoomIdOrSlug(command.RoomId, command.Slug);

    public Outcome Handle(JoinRoom command, Caller caller, RoomAccess room, WriteScope write)
    {
        if (room.Role is not null) return Outcome.Unchanged(RoomReply.AlreadyMember(write.Now), write.Snapshots.At(room.RoomId, room.Version));
        if (room.JoinPolicy == JoinPolicy.Open) return admission.Join(room, caller, write);
        if (command.Code is { } code) return admission.JoinByCode(code, room, caller, write);
        return room.JoinPolicy == JoinPolicy.Invite ? Private : Ask(room, caller, write);
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
