using RoomWs.Protocol.Connection;
using RoomWs.Protocol.Live;
using RoomWs.Server.Dispatch;
using RoomWs.Server.Fanout;
using RoomWs.Server.Model;
using RoomWs.Server.Sessions;

namespace RoomWs.Server.Features.Live;

/// <summary>ROOM_EXIT: exits the room with this socket. The membership stays.</summary>
internal sealed class ExitRoomHandler(EnteredRooms entered) : ISocketHandler<ExitRoom>
{
    public ErrorReply? Validate(ExitRoom command, Caller caller) => FieldRules.RoomId(command.RoomId);

    public Outcome? Handle(ExitRoom command, ClientConnection connection)
    {
        entered.Exit(connection, command.RoomId);
        return Outcome.Answer(new RoomExited(command.RoomId));
    }
}
