using RoomWs.Protocol;
using RoomWs.Protocol.Connection;
using RoomWs.Protocol.Invites;
using RoomWs.Server.Dispatch;
using RoomWs.Server.Model;
using RoomWs.Server.Storage;
using RoomWs.Server.Storage.Batch;

namespace RoomWs.Server.Features.Invites;

/// <summary>ROOM_INVITE_LIST: lists the room's invites, page by page, without their codes.</summary>
internal sealed class ListInvitesHandler(TimeProvider time) : IRoomQueryHandler<ListInvites>
{
    public ErrorReply? Validate(ListInvites command, Caller caller) =>
        Paging.Refuse(command.Limit, command.Cursor, StoredInvite.IdPrefix, MessageTypes.RoomInviteListResponse) ?? FieldRules.RoomId(command.RoomId);

    public Outcome Handle(ListInvites command, Caller caller, RoomSnapshot room, IReads reads)
    {
        var now = time.GetUtcNow().ToUnixTimeMilliseconds();
        var (page, next) = reads.Read(read => Paging.Read(
            command.Limit,
            command.Cursor,
            (after, limit) => read.Invites.OfRoom(command.RoomId, after, limit, now),
            invite => invite.InviteId));
        return Outcome.Answer(new InviteListResponse(command.RoomId, page, next));
    }
}
