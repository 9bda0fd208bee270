using RoomWs.Protocol.Connection;
using RoomWs.Protocol.Live;
using RoomWs.Server.Dispatch;
using RoomWs.Server.Fanout;
using RoomWs.Server.Model;
using RoomWs.Server.Sessions;

namespace RoomWs.Server.Features.Live;

/// <summary>ROOM_TYPING: marks the user as typing, or as no longer typing.</summary>
internal sealed class SetTypingHandler(EnteredRooms entered) : ISocketHandler<SetTyping>
{
    public ErrorReply? Validate(SetTyping command, Caller caller) => FieldRules.RoomId(command.RoomId);

    public Outcome? Handle(SetTyping command, ClientConnection connection) =>
        entered.SetTyping(connection, command.RoomId, command.Typing) is { } refusal ? new Outcome.Refused(refusal) : null;
}
