using RoomWs.Protocol.Connection;
using RoomWs.Protocol.Invites;
using RoomWs.Server.Dispatch;
using RoomWs.Server.Fanout;
using RoomWs.Server.Model;
using RoomWs.Server.Storage;

namespace RoomWs.Server.Features.Invites;

/// <summary>ROOM_INVITE_LIST: the room's invites, never their codes.</summary>
internal sealed class ListInvitesHandler(RoomFinder finder, ReadConnections reads) : IQueryHandler<ListInvites>
{
    public ErrorReply? Validate(ListInvites command) => FieldRules.RoomId(command.RoomId);

    public Outcome Handle(ListInvites command, Caller caller)
    {
        if (finder.Find(command.RoomId, null) is not { } seen) return RoomErrors.NotFound;
        if (seen.Refuse(RoomAction.ManageInvites, caller.UserId) is { } refusal) return refusal;

        return new Outcome.Answered(new InviteListResponse(command.RoomId, reads.Read(read => read.Invites.OfRoom(command.RoomId).ToList())), seen);
    }
}
