using RoomWs.Protocol.Connection;
using RoomWs.Protocol.Members;
using RoomWs.Protocol.Rooms;
using RoomWs.Server.Dispatch;
using RoomWs.Server.Fanout;
using RoomWs.Server.Model;
using RoomWs.Server.Storage;

namespace RoomWs.Server.Features.Members;

/// <summary>ROOM_MEMBERS: the room with its members' names, pictures and presence.</summary>
internal sealed class GetRoomMembersHandler(RoomFinder finder, ReadConnections reads, Presence presence)
    : IQueryHandler<GetRoomMembers>
{
    public ErrorReply? Validate(GetRoomMembers command) => FieldRules.RoomIdOrSlug(command.RoomId, command.Slug);

    public Outcome Handle(GetRoomMembers command, Caller caller)
    {
        if (finder.Find(command.RoomId, command.Slug) is not { } room) return RoomErrors.NotFound;
        if (room.Refuse(RoomAction.See, caller.UserId) is { } refusal) return refusal;

        return new Outcome.Answered(new RoomCreated(room.Snapshot.ToRoom(), Details(room.Snapshot)), room);
    }

    private List<MemberDetail> Details(RoomSnapshot room)
    {
        var users = reads.Read(scope => scope.Users.InRoom(room.Id));
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
                presence.IsOnline(member.UserId)));
        }

        return details;
    }
}
