using RoomWs.Server.Storage.Batch;

namespace RoomWs.Server.Storage;

/// <summary>Idempotency records, by which a request happens once even if it is sent several times. Writer's thread only.</summary>
internal sealed class BatchReplies(BatchRows rows, Prefetch prefetch)
{
    public static readonly TimeSpan Kept = TimeSpan.FromHours(24);

    public IdempotencyRow? Find(string userId, string key, long now)
    {
        if (!rows.Replies.Knows((userId, key))) prefetch.LoadLate(needs => needs.Reply(userId, key));
        return rows.Replies.TryGet((userId, key), out var row) && row?.CreatedAt > now - (long)Kept.TotalMilliseconds ? row : null;
    }

    public void Save(string userId, string key, IdempotencyRow row, long now) => rows.Replies.Write((userId, key), row with { CreatedAt = now });
}
