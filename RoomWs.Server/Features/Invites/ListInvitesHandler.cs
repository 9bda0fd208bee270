using RoomWs.Protocol.Connection;
using RoomWs.Protocol.Invites;
using RoomWs.Server.Dispatch;
using RoomWs.Server.Model;
using RoomWs.Server.Storage;

namespace RoomWs.Server.Features.Invites;

/// <summary>ROOM_INVITE_LIST: lists the room's invites, without their codes.</summary>
internal sealed class ListInvitesHandler : IRoomQueryHandler<ListInvites>
{
    public ErrorReply? Validate(ListInvites command, Caller caller) => FieldRules.RoomId(command.RoomId);

    public Outcome Handle(ListInvites command, Caller caller, RoomSnapshot room, IReads reads)
    {
        return Outcome.Answer(new InviteListResponse(command.RoomId, reads.Read(read => read.Invites.OfRoom(command.RoomId).ToList())));
    }
}
