using RoomWs.Protocol.Connection;
using RoomWs.Protocol.Rooms;
using RoomWs.Server.Dispatch;
using RoomWs.Server.Model;
using RoomWs.Server.Storage;

namespace RoomWs.Server.Features.Rooms;

/// <summary>ROOM_INFO: returns the room at its current version.</summary>
internal sealed class GetRoomInfoHandler : IRoomQueryHandler<GetRoomInfo>
{
    public ErrorReply? Validate(GetRoomInfo command, Caller caller) => FieldRules.RoomIdOrSlug(command.RoomId, command.Slug);

    public Outcome Handle(GetRoomInfo command, Caller caller, RoomSnapshot room, IReads reads)
    {
        return Outcome.Answer(room.Info);
    }
}
