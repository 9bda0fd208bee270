using RoomWs.Protocol.Connection;
using RoomWs.Protocol.Members;
using RoomWs.Server.Dispatch;
using RoomWs.Server.Model;
using RoomWs.Server.Storage;

namespace RoomWs.Server.Features.Members;

/// <summary>ROOM_MEMBERS: returns the room with its members' names, pictures and presence.</summary>
internal sealed class GetRoomMembersHandler(MemberLists lists) : IRoomQueryHandler<GetRoomMembers>
{
    public ErrorReply? Validate(GetRoomMembers command, Caller caller) => FieldRules.RoomIdOrSlug(command.RoomId, command.Slug);

    public Outcome Handle(GetRoomMembers command, Caller caller, RoomSnapshot room, IReads reads)
    {
        var list = lists.Of(room, reads);
        return new Outcome.ShowingPresence(() => lists.Show(list, caller.UserId));
    }
}
