using System.Text.Json;
using RoomWs.Protocol;
using RoomWs.Server.Storage.Batch;

namespace RoomWs.Server.Storage.Postgres;

/// <summary>
/// Writes what a batch has changed: a statement a table, whatever the number of rows. What is not under the lock of a room is written in the order of its keys, so that
/// two nodes never wait for each other. Writer's thread only.
/// </summary>
internal static class PostgresFlush
{
    /// <summary>Adds the statements to a round trip. The rows count as written when that has succeeded.</summary>
    public static void Add(BatchRows rows, PastUpdates past, RoundTrip trip)
    {
        PostgresRoomFlush.Add(rows, trip);
        PostgresContentFlush.Add(rows, past, trip);
        AddReplies(rows, trip);
        PostgresAllowances.AddWrites(rows, trip);
        AddAudit(rows.Audit.Rows, trip);
        if (rows.Remains.Rows.Count > 0) trip.Do("INSERT INTO remains (number) SELECT * FROM unnest($1)", rows.Remains.Rows.Numbers(number => number));
        var users = rows.Users.Changed.OrderBy(user => user.Key, StringComparer.Ordinal).ToList();
        if (users.Count == 0) return;
        trip.Do(
            """
            INSERT INTO users (id, username, thumbnail_url, updated_at) SELECT * FROM unnest($1, $2, $3, $4)
            ON CONFLICT (id) DO UPDATE SET username = excluded.username, thumbnail_url = excluded.thumbnail_url, updated_at = excluded.updated_at
            """,
            users.Texts(user => user.Key),
            users.Texts(user => user.Now!.Username),
            users.Texts(user => user.Now!.ThumbnailUrl),
            users.Numbers(user => user.Now!.UpdatedAt));
    }

    private static void AddReplies(BatchRows rows, RoundTrip trip)
    {
        var replies = rows.Replies.Changed.OrderBy(reply => reply.Key.UserId, StringComparer.Ordinal).ThenBy(reply => reply.Key.Key, StringComparer.Ordinal).ToList();
        if (replies.Count == 0) return;

        // One that has had its time makes way. One that another node has kept meanwhile does not: the request is done already, and this batch finds that when it is run again.
        var old = replies.Where(reply => reply.Stored is not null).ToList();
        if (old.Count > 0)
        {
            trip.Do(
                "DELETE FROM idempotency i USING unnest($1, $2, $3) AS old (user_id, key, created_at) WHERE (i.user_id, i.key, i.created_at) = (old.user_id, old.key, old.created_at)",
                old.Texts(reply => reply.Key.UserId),
                old.Texts(reply => reply.Key.Key),
                old.Numbers(reply => reply.Stored!.CreatedAt));
        }

        trip.Do(
            "INSERT INTO idempotency (user_id, key, fingerprint, reply_type, reply, room_id, created_at) SELECT * FROM unnest($1, $2, $3, $4, $5, $6, $7)",
            replies.Texts(reply => reply.Key.UserId),
            replies.Texts(reply => reply.Key.Key),
            replies.Bytes(reply => reply.Now!.Fingerprint),
            replies.Texts(reply => reply.Now!.ReplyType),
            replies.Bytes(reply => reply.Now!.Reply),
            replies.Texts(reply => reply.Now!.RoomId),
            replies.Numbers(reply => reply.Now!.CreatedAt));
    }

    private static void AddAudit(IReadOnlyList<AddedAudit> audit, RoundTrip trip)
    {
        if (audit.Count == 0) return;
        trip.Do(
            "INSERT INTO audit (room_number, room_id, at, user_id, action, version, targets, detail) SELECT * FROM unnest($1, $2, $3, $4, $5, $6, $7, $8)",
            audit.Numbers(row => row.RoomNumber),
            audit.Texts(row => row.RoomId),
            audit.Numbers(row => row.At),
            audit.Texts(row => row.UserId),
            audit.Texts(row => row.Action),
            audit.NumbersOrNull(row => row.Version),
            audit.Texts(row => row.Targets is null ? null : JsonSerializer.Serialize(row.Targets, ProtocolJson.Wire.IReadOnlyListString)),
            audit.Texts(row => row.Detail));
    }
}
