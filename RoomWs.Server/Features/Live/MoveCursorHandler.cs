using RoomWs.Protocol.Connection;
using RoomWs.Protocol.Live;
using RoomWs.Server.Dispatch;
using RoomWs.Server.Fanout;
using RoomWs.Server.Model;
using RoomWs.Server.Sessions;

namespace RoomWs.Server.Features.Live;

/// <summary>ROOM_CURSOR: moves the user's cursor.</summary>
internal sealed class MoveCursorHandler(EnteredRooms entered) : ISocketHandler<MoveCursor>
{
    public ErrorReply? Validate(MoveCursor command, Caller caller)
    {
        if (!double.IsFinite(command.X)) return FieldRules.Invalid("x must be a finite number.");
        return double.IsFinite(command.Y) ? FieldRules.RoomId(command.RoomId) : FieldRules.Invalid("y must be a finite number.");
    }

    public Outcome? Handle(MoveCursor command, ClientConnection connection) =>
        entered.MoveCursor(connection, command.RoomId, command.X, command.Y) is { } refusal ? new Outcome.Refused(refusal) : null;
}
