using System.Data.Common;
using Dapper;

namespace RoomWs.Server.Storage;

/// <summary>An idempotency record: the first reply to a request with an idempotencyKey.</summary>
internal sealed record IdempotencyRow
{
    /// <summary>A hash of the request. Tells a retry from another request with the same key.</summary>
    public required byte[] Fingerprint { get; init; }

    public required string ReplyType { get; init; }

    /// <summary>The reply; of one that shows a room, all but the room.</summary>
    public required byte[] Reply { get; init; }

    /// <summary>The room that the reply shows. Null if it shows none.</summary>
    public string? RoomId { get; init; }

    /// <summary>When the reply was given, Unix milliseconds. Set by the repository.</summary>
    public long CreatedAt { get; init; }
}

/// <summary>All SQL about idempotency records, by which a request happens once even if it is sent several times.</summary>
internal sealed class IdempotencyRepository(DbConnection connection)
{
    public static readonly TimeSpan Kept = TimeSpan.FromHours(24);

    public IdempotencyRow? Find(string userId, string key, long now) => connection.QueryFirstOrDefault<IdempotencyRow>(
        "SELECT fingerprint, reply_type, reply, room_id, created_at FROM idempotency WHERE user_id = @userId AND key = @key AND created_at > @oldest",
        new { userId, key, oldest = Oldest(now) });

    public void Save(string userId, string key, IdempotencyRow row, long now) => connection.Execute(
        """
        INSERT INTO idempotency (user_id, key, fingerprint, reply_type, reply, room_id, created_at)
        VALUES (@userId, @key, @Fingerprint, @ReplyType, @Reply, @RoomId, @now)
        ON CONFLICT (user_id, key) DO UPDATE SET
            fingerprint = excluded.fingerprint, reply_type = excluded.reply_type, reply = excluded.reply,
            room_id = excluded.room_id, created_at = excluded.created_at
        """,
        new { userId, key, row.Fingerprint, row.ReplyType, row.Reply, row.RoomId, now });

    /// <summary>Deletes up to <paramref name="limit"/> records that hold no more. Returns how many.</summary>
    public int DeleteOld(long now, int limit) => connection.Execute(
        "DELETE FROM idempotency WHERE rowid IN (SELECT rowid FROM idempotency WHERE created_at <= @oldest ORDER BY created_at LIMIT @limit)",
        new { oldest = Oldest(now), limit });

    private static long Oldest(long now) => now - (long)Kept.TotalMilliseconds;
}
