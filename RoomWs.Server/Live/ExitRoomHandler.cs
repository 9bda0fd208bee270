using RoomWs.Protocol.Connection;
using RoomWs.Protocol.Live;
using RoomWs.Server.Dispatch;
using RoomWs.Server.Transport;

namespace RoomWs.Server.Live;

/// <summary>ROOM_EXIT: a socket no longer wants to see the room live.</summary>
internal sealed class ExitRoomHandler(LiveRooms live) : ISocketHandler<ExitRoom>
{
    public ErrorReply? Validate(ExitRoom command) => FieldRules.RoomId(command.RoomId);

    public Outcome? Handle(ExitRoom command, ClientConnection connection)
    {
        live.Exit(connection, command.RoomId);
        return Outcome.Answer(new RoomExited(command.RoomId));
    }
}
