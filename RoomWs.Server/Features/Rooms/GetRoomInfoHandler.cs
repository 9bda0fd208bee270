using RoomWs.Protocol.Connection;
using RoomWs.Protocol.Rooms;
using RoomWs.Server.Dispatch;
using RoomWs.Server.Fanout;
using RoomWs.Server.Model;

namespace RoomWs.Server.Features.Rooms;

/// <summary>ROOM_INFO: the room as it is now.</summary>
internal sealed class GetRoomInfoHandler(RoomFinder finder) : IQueryHandler<GetRoomInfo>
{
    public ErrorReply? Validate(GetRoomInfo command) => FieldRules.RoomIdOrSlug(command.RoomId, command.Slug);

    public Outcome Handle(GetRoomInfo command, Caller caller)
    {
        if (finder.Find(command.RoomId, command.Slug) is not { } room) return RoomErrors.NotFound;
        if (room.Refuse(RoomAction.See, caller.UserId) is { } refusal) return refusal;

        return new Outcome.Answered(room.Snapshot.Info, room);
    }
}
