using RoomWs.Protocol.Connection;
using RoomWs.Protocol.Live;
using RoomWs.Server.Dispatch;
using RoomWs.Server.Fanout;
using RoomWs.Server.Sessions;

namespace RoomWs.Server.Features.Live;

/// <summary>ROOM_EXIT: a socket no longer wants to see the room live.</summary>
internal sealed class ExitRoomHandler(EnteredRooms live) : ISocketHandler<ExitRoom>
{
    public ErrorReply? Validate(ExitRoom command) => FieldRules.RoomId(command.RoomId);

    public Outcome? Handle(ExitRoom command, ClientConnection connection)
    {
        live.Exit(connection, command.RoomId);
        return Outcome.Answer(new RoomExited(command.RoomId));
    }
}
