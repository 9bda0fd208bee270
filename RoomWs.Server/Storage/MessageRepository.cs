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

/// <summary>What is read of chat messages beside the writer.</summary>
internal sealed class MessageRepository(DbConnection connection)
{
    private const string Columns =
        "@roomId AS room_id, id AS room_message_id, seq, sender_id, username, content, message_type, client_message_id, sent_at AS timestamp";

    private const string InRoom = "room_number = (SELECT number FROM rooms WHERE id = @roomId)";

    /// <summary>Where the messages of a room end, for a member. Null if there is no such room or the user is not a member.</summary>
    public MessageEnd? EndFor(string roomId, string userId) => connection.QueryFirstOrDefault<MessageEnd>(
        """
        SELECT r.epoch, r.message_seq AS last_seq
        FROM rooms r JOIN members m ON m.room_number = r.number AND m.user_id = @userId
        WHERE r.id = @roomId
        """,
        new { roomId, userId });

    /// <summary>The messages between two seqs, neither included, by rising seq, up to a number of them. Each is read when it is asked for.</summary>
    public IEnumerable<RoomMessage> OldestFirst(string roomId, long afterSeq, long beforeSeq, int limit) => connection.Query<RoomMessage>(
        $"SELECT {Columns} FROM messages WHERE {InRoom} AND seq > @afterSeq AND seq < @beforeSeq ORDER BY seq LIMIT @limit",
        new { roomId, afterSeq, beforeSeq, limit },
        buffered: false);

    /// <summary>The messages before a seq by falling seq, up to a number of them. Each is read when it is asked for.</summary>
    public IEnumerable<RoomMessage> NewestFirst(string roomId, long beforeSeq, int limit) => connection.Query<RoomMessage>(
        $"SELECT {Columns} FROM messages WHERE {InRoom} AND seq < @beforeSeq ORDER BY seq DESC LIMIT @limit",
        new { roomId, beforeSeq, limit },
        buffered: false);

    /// <summary>The seq of the message right before the newest so many between two seqs, neither included. Null if there are no more than these.</summary>
    public long? SeqBeforeNewest(string roomId, long afterSeq, long beforeSeq, int count) => connection.QueryFirstOrDefault<long?>(
        $"SELECT seq FROM messages WHERE {InRoom} AND seq > @afterSeq AND seq < @beforeSeq ORDER BY seq DESC LIMIT 1 OFFSET @count",
        new { roomId, afterSeq, beforeSeq, count });
}
