using RoomWs.Protocol;
using RoomWs.Protocol.Connection;
using RoomWs.Protocol.Members;
using RoomWs.Protocol.Rooms;
using RoomWs.Server.Configuration;
using RoomWs.Server.Dispatch;
using RoomWs.Server.Features.RoomChanges;
using RoomWs.Server.Model;
using RoomWs.Server.Storage;
using RoomWs.Server.Storage.Batch;

namespace RoomWs.Server.Features.Members;

/// <summary>ROOM_JOIN: makes the caller a member, or creates a join request, depending on the room's joinPolicy and the code.</summary>
internal sealed class JoinRoomHandler(LimitOptions limits, Admission admission, TimeProvider time) : IRoomChangeHandler<JoinRoom>, INeedlessChange<JoinRoom>
{
    private static readonly ErrorReply Private = new(ErrorCode.Forbidden, "Room is private. Invitation code required.");

    public ErrorReply? Validate(JoinRoom command, Caller caller) => command.Code is ""
        ? FieldRules.Invalid("code must not be empty.")
        : FieldRules.RoomIdOrSlug(command.RoomId, command.Slug);

    public Outcome? Needless(JoinRoom command, Caller caller, RoomSnapshot room) =>
        room.RoleOf(caller.UserId) is null ? null : Outcome.Unchanged(RoomReply.AlreadyMember(time.GetUtcNow().ToUnixTimeMilliseconds()), room);

    public void Need(JoinRoom command, Caller caller, RoomNeeds room, Needs needs)
    {
        admission.NeedJoining(caller.UserId, room, needs);
        if (command.Code is { } code) admission.NeedCode(code, caller.UserId, needs);
    }

    public Outcome Handle(JoinRoom command, Caller caller, RoomAccess room, WriteScope write)
    {
        if (room.Role is not null) return Outcome.Unchanged(RoomReply.AlreadyMember(write.Now), write.Snapshots.At(room.RoomId, room.Version));
        if (room.JoinPolicy == JoinPolicy.Open) return admission.Join(room, caller, write);
        if (command.Code is { } code) return admission.JoinByCode(code, room, caller, write);
        return room.JoinPolicy == JoinPolicy.Invite ? Private : Ask(room, caller, write);
    }

    private Outcome Ask(RoomAccess room, Caller caller, WriteScope write)
    {
        if (write.JoinRequests.Find(room.RoomId, caller.UserId) is { } pending)
        {
            return Outcome.Answer(new JoinPending(room.RoomId, pending.RequestId));
        }

        if (RefuseSoonAgain(room.RoomId, caller.UserId, write) is { } refusal) return refusal;
        if (limits.JoinRequestsPerRoom is > 0 and var limit && write.JoinRequests.Count(room.RoomId) >= limit) return RoomErrors.TooManyRequests(limit);

        var request = new PendingRequest
        {
            RoomId = room.RoomId,
            RequestId = PendingRequest.IdPrefix + Ids.New(write.Now),
            UserId = caller.UserId,
            Username = caller.Username,
            At = write.Now,
        };
        write.JoinRequests.Add(request);

        var present = write.Snapshots.At(room.RoomId, room.Version);
        return new Outcome.Changed(
            new JoinPending(room.RoomId, request.RequestId),
            new RoomChange(room.RoomId, present, new RoomEvent(request.ToEvent(), RoomAudience.Staff)))
        {
            Note = AuditNote.About(request.RequestId),
        };
    }

    /// <summary>The refusal of a user whose request was denied a moment ago, so that nobody makes those who decide do so again and again. Null if it may ask.</summary>
    private ErrorReply? RefuseSoonAgain(string roomId, string userId, WriteScope write)
    {
        if (limits.AskAgainSeconds == 0 || write.JoinRequests.DeniedAt(roomId, userId) is not { } deniedAt) return null;

        var retryAfter = deniedAt + (1_000L * limits.AskAgainSeconds) - write.Now;
        return retryAfter <= 0 ? null : new ErrorReply(
            ErrorCode.RateLimited,
            $"Your request to join this room was denied; you may ask again {limits.AskAgainSeconds} seconds after that (AskAgainSeconds).",
            RetryAfterMs: retryAfter);
    }
}
