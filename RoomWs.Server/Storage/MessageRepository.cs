using System.Data.Common;
using Dapper;
using RoomWs.Protocol.Messages;

namespace RoomWs.Server.Storage;

/// <summary>Where the messages of a room end.</summary>
internal sealed record MessageEnd
{
    /// <summary>The room's epoch, without which the seq means nothing.</summary>
    public required string Epoch { get; init; }

    /// <summary>The seq of the last message. 0 if there was none.</summary>
    public long LastSeq { get; init; }
}

/// <summary>All SQL about chat messages.</summary>
internal sealed class MessageRepository(DbConnection connection)
{
    private const string Columns =
        "room_id, id AS room_message_id, seq, sender_id, username, content, message_type, client_message_id, sent_at AS timestamp";

    /// <summary>Takes the room's next seq.</summary>
    public long NextSeq(string roomId) => connection.QuerySingle<long>(
        "UPDATE rooms SET message_seq = message_seq + 1 WHERE id = @roomId RETURNING message_seq",
        new { roomId });

    /// <summary>Where the messages of a room end, for a member. Null if there is no such room or the user is not a member.</summary>
    public MessageEnd? EndFor(string roomId, string userId) => connection.QueryFirstOrDefault<MessageEnd>(
        """
        SELECT r.epoch, r.message_seq AS last_seq
        FROM rooms r JOIN members m ON m.room_id = r.id AND m.user_id = @userId
        WHERE r.id = @roomId
        """,
        new { roomId, userId });

    public void Add(RoomMessage message) => connection.Execute(
        """
        INSERT INTO messages (room_id, seq, id, sender_id, username, content, message_type, client_message_id, sent_at)
        VALUES (@RoomId, @Seq, @RoomMessageId, @SenderId, @Username, @Content, @MessageType, @ClientMessageId, @Timestamp)
        """,
        message);

    public RoomMessage? FindByClientId(string roomId, string senderId, string clientMessageId) => connection.QueryFirstOrDefault<RoomMessage>(
        $"""
        SELECT {Columns} FROM messages
        WHERE room_id = @roomId AND sender_id = @senderId AND client_message_id = @clientMessageId
        """,
        new { roomId, senderId, clientMessageId });

    /// <summary>The messages between two seqs, neither included, by rising seq. Each is read when it is asked for.</summary>
    public IEnumerable<RoomMessage> OldestFirst(string roomId, long afterSeq, long beforeSeq) => connection.Query<RoomMessage>(
        $"SELECT {Columns} FROM messages WHERE room_id = @roomId AND seq > @afterSeq AND seq < @beforeSeq ORDER BY seq",
        new { roomId, afterSeq, beforeSeq },
        buffered: false);

    /// <summary>The messages before a seq by falling seq. Each is read when it is asked for.</summary>
    public IEnumerable<RoomMessage> NewestFirst(string roomId, long beforeSeq) => connection.Query<RoomMessage>(
        $"SELECT {Columns} FROM messages WHERE room_id = @roomId AND seq < @beforeSeq ORDER BY seq DESC",
        new { roomId, beforeSeq },
        buffered: false);

    /// <summary>The seq of the message right before the newest so many between two seqs, neither included. Null if there are no more than these.</summary>
    public long? SeqBeforeNewest(string roomId, long afterSeq, long beforeSeq, int count) => connection.QueryFirstOrDefault<long?>(
        "SELECT seq FROM messages WHERE room_id = @roomId AND seq > @afterSeq AND seq < @beforeSeq ORDER BY seq DESC LIMIT 1 OFFSET @count",
        new { roomId, afterSeq, beforeSeq, count });
}
