using RoomWs.Protocol.Connection;
using RoomWs.Protocol.Members;
using RoomWs.Protocol.Rooms;
using RoomWs.Server.Dispatch;
using RoomWs.Server.Fanout;
using RoomWs.Server.Model;
using RoomWs.Server.Storage;

namespace RoomWs.Server.Features.Members;

/// <summary>ROOM_MEMBERS: returns the room with its members' names, pictures and presence.</summary>
internal sealed class GetRoomMembersHandler(Presence presence) : IRoomQueryHandler<GetRoomMembers>
{
    public ErrorReply? Validate(GetRoomMembers command, Caller caller) => FieldRules.RoomIdOrSlug(command.RoomId, command.Slug);

    public Outcome Handle(GetRoomMembers command, Caller caller, RoomSnapshot room, IReads reads)
    {
        var users = reads.Read(read => read.Users.InRoom(room.Id));
        return new Outcome.ShowingPresence(() => new RoomCreated(room.ToRoom(), Details(room, caller, users)));
    }

    private List<MemberDetail> Details(RoomSnapshot room, Caller caller, Dictionary<string, UserRow> users)
    {
        var details = new List<MemberDetail>(room.MemberCount);
        foreach (var member in room.Members)
        {
            var user = users.GetValueOrDefault(member.UserId);
            details.Add(new MemberDetail(
                member.UserId,
                user?.Username ?? member.UserId,
                user?.ThumbnailUrl,
                member.Role,
                member.JoinedAt,
                presence.IsShownOnline(member.UserId, to: caller.UserId)));
        }

        return details;
    }
}
