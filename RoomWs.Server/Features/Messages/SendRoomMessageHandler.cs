using RoomWs.Protocol.Connection;
using RoomWs.Protocol.Messages;
using RoomWs.Server.Dispatch;
using RoomWs.Server.Model;
using RoomWs.Server.Storage;
using RoomWs.Server.Storage.Batch;

namespace RoomWs.Server.Features.Messages;

/// <summary>ROOM_MESSAGE: adds a chat message to the room. A repeated clientMessageId returns the first message instead.</summary>
internal sealed class SendRoomMessageHandler(FieldRules rules) : IRoomChangeHandler<SendRoomMessage>
{
    private const string DefaultType = "text";

    public ErrorReply? Validate(SendRoomMessage command, Caller caller) =>
        FieldRules.RoomId(command.RoomId)
        ?? rules.Content(command.Content)
        ?? FieldRules.Label("clientMessageId", command.ClientMessageId, 128)
        ?? FieldRules.Label("messageType", command.MessageType, 64);

    public void Need(SendRoomMessage command, Caller caller, RoomNeeds room, Needs needs)
    {
        if (command.ClientMessageId is { } clientId) room.Messages.Add((caller.UserId, clientId));
    }

    public Outcome Handle(SendRoomMessage command, Caller caller, RoomAccess room, WriteScope write)
    {
        if (command.ClientMessageId is { } clientId && write.Messages.FindByClientId(room.RoomId, caller.UserId, clientId) is { } first)
        {
            return Outcome.Answer(Response(room.RoomId, first, clientId, duplicate: true));
        }

        var now = write.Now;
        var message = new RoomMessage
        {
            RoomId = room.RoomId,
            RoomMessageId = "message_" + Ids.New(now),
            Seq = write.Messages.NextSeq(room.RoomId),
            SenderId = caller.UserId,
            Username = caller.Username,
            Content = command.Content,
            MessageType = command.MessageType ?? DefaultType,
            ClientMessageId = command.ClientMessageId,
            Timestamp = now,
        };
        write.Messages.Add(message);

        var present = write.Snapshots.At(room.RoomId, room.Version);
        return new Outcome.Changed(
            Response(room.RoomId, new SentMessage(message.RoomMessageId, message.Seq, now), message.ClientMessageId, duplicate: false),
            new RoomChange(room.RoomId, present, new RoomEvent(message, RoomAudience.Members)) { Speaker = caller.UserId, Seq = message.Seq });
    }

    private static SendRoomMessageResponse Response(string roomId, SentMessage message, string? clientMessageId, bool duplicate) => new(
        Success: true,
        roomId,
        message.RoomMessageId,
        message.Seq,
        clientMessageId,
        duplicate,
        message.Timestamp);
}
