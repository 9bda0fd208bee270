using RoomWs.Protocol.Messages;
using RoomWs.Server.Storage.Batch;

namespace RoomWs.Server.Storage;

/// <summary>The messages that a batch adds. Writer's thread only.</summary>
internal sealed class BatchMessages(BatchRows rows, Prefetch prefetch, Func<string, StoredRoom> known)
{
    /// <summary>Takes the room's next seq.</summary>
    public long NextSeq(string roomId)
    {
        var room = known(roomId);
        rows.Rooms.Write(roomId, room with { MessageSeq = room.MessageSeq + 1 });
        return room.MessageSeq + 1;
    }

    public void Add(RoomMessage message)
    {
        var room = known(message.RoomId).Number;
        rows.Messages.Add(new AddedMessage(room, message));
        if (message.ClientMessageId is { } clientId) rows.Sent.Write((room, message.SenderId, clientId), new SentMessage(message.RoomMessageId, message.Seq, message.Timestamp));
    }

    /// <summary>What the user sent to the room under a clientMessageId. Null if there is nothing.</summary>
    public SentMessage? FindByClientId(string roomId, string senderId, string clientMessageId)
    {
        var key = (known(roomId).Number, senderId, clientMessageId);
        if (!rows.Sent.Knows(key)) prefetch.LoadLate(known(roomId), needs => needs.Messages.Add((senderId, clientMessageId)));
        return rows.Sent.TryGet(key, out var sent) ? sent : null;
    }
}
