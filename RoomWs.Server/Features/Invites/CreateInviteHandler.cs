using RoomWs.Protocol.Connection;
using RoomWs.Protocol.Invites;
using RoomWs.Server.Configuration;
using RoomWs.Server.Dispatch;
using RoomWs.Server.Model;
using RoomWs.Server.Storage;
using RoomWs.Server.Storage.Batch;

namespace RoomWs.Server.Features.Invites;

/// <summary>ROOM_INVITE_CREATE: creates an invite, whose code lets one user in.</summary>
internal sealed class CreateInviteHandler(LimitOptions limits) : IRoomChangeHandler<CreateInvite>
{
    private const int DefaultSeconds = 86_400;
    private const int MinSeconds = 60;
    private const int MaxSeconds = 2_592_000;

    public ErrorReply? Validate(CreateInvite command, Caller caller) => command.ExpiresInSeconds is < MinSeconds or > MaxSeconds
        ? FieldRules.Invalid($"expiresInSeconds must be {MinSeconds}-{MaxSeconds}; it is {command.ExpiresInSeconds}.")
        : FieldRules.RoomId(command.RoomId);

    public Outcome Handle(CreateInvite command, Caller caller, RoomAccess room, WriteScope write)
    {
        var now = write.Now;
        var limit = limits.InvitesPerRoom;
        if (limit > 0 && write.Invites.Live(room.RoomId, now, limit) >= limit) return InviteErrors.TooMany(limit);

        var code = InviteCodes.New();
        var invite = new StoredInvite
        {
            InviteId = StoredInvite.IdPrefix + Ids.New(now),
            RoomNumber = write.Rooms.Known(room.RoomId).Number,
            RoomId = room.RoomId,
            CodeHash = InviteCodes.Hash(code),
            CreatedBy = caller.UserId,
            CreatedAt = now,
            ExpiresAt = now + (1_000L * (command.ExpiresInSeconds ?? DefaultSeconds)),
        };
        write.Invites.Add(invite);

        var shown = new NewInvite(invite.InviteId, room.RoomId, code, caller.UserId, now, invite.ExpiresAt);
        // The reply kept for the idempotencyKey is stored, and codes must not be.
        return Outcome.ChangedQuietly(write.Snapshots.At(room.RoomId, room.Version), new InviteCreated(shown), AuditNote.About(invite.InviteId)) with
        {
            Kept = new InviteCreated(shown with { Code = null }),
        };
    }
}
