using RoomWs.Protocol.Connection;
using RoomWs.Protocol.Invites;
using RoomWs.Server.Dispatch;
using RoomWs.Server.Rooms;
using RoomWs.Server.Storage;

namespace RoomWs.Server.Invites;

/// <summary>ROOM_INVITE_LIST: the room's invites, never their codes.</summary>
internal sealed class ListInvitesHandler(ReadConnections reads) : IQueryHandler<ListInvites>
{
    public ErrorReply? Validate(ListInvites command) => FieldRules.RoomId(command.RoomId);

    public Outcome Handle(ListInvites command, Caller caller) => reads.Read<Outcome>(read =>
    {
        if (read.Rooms.Access(command.RoomId, caller.UserId) is not { } room) return RoomErrors.NotFound;
        if (room.Refuse(RoomAction.ManageInvites, null) is { } refusal) return refusal;

        return Outcome.Answer(new InviteListResponse(room.RoomId, [.. read.Invites.OfRoom(room.RoomId)]));
    });
}
