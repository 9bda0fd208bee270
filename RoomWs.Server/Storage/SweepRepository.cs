using System.Data.Common;
using Dapper;
using RoomWs.Server.Storage.Batch;

namespace RoomWs.Server.Storage;

/// <summary>
/// Deletes what has had its time, in steps: each deletes up to a number of rows and returns how many it did, so that no change waits long behind one. Writer's
/// thread only.
/// </summary>
internal sealed class SweepRepository(DbConnection connection, SqlDialect dialect)
{
    /// <summary>The tables with what belongs to a room or a board, what it is keyed by there, and what names its rows. Members first: they count for their users.</summary>
    private static readonly (string Table, string Key, string? Row)[] OfRemains =
    [
        ("members", "room_number", "user_id"),
        ("join_requests", "room_number", "user_id"),
        ("join_denials", "room_number", "user_id"),
        ("invites", "room_number", "id"),
        ("messages", "room_number", null),
        ("board_updates", "board_number", null),
    ];

    /// <summary>As many free pages as a busy minute fills again: 1 MB.</summary>
    private const int PagesKept = 256;

    private const int IncrementalVacuum = 2;

    /// <summary>Kept replies that hold no more.</summary>
    public int DeleteReplies(long now, int limit) => connection.Execute(
        $"DELETE FROM idempotency WHERE {dialect.Some("idempotency", null, "WHERE created_at <= @oldest ORDER BY created_at LIMIT @limit")}",
        new { oldest = now - (long)BatchReplies.Kept.TotalMilliseconds, limit });

    /// <summary>Invites that are not listed any more.</summary>
    public int DeleteInvites(long now, int limit) => connection.Execute(
        """
        DELETE FROM invites WHERE id IN (
            SELECT id FROM (SELECT id FROM invites WHERE used_at <= @oldest ORDER BY used_at LIMIT @limit) AS used
            UNION SELECT id FROM (SELECT id FROM invites WHERE expires_at <= @oldest ORDER BY expires_at LIMIT @limit) AS expired
            LIMIT @limit)
        """,
        new { oldest = now - (long)InviteRepository.KeptAfterEnd.TotalMilliseconds, limit });

    /// <summary>Denials that are no younger than <paramref name="oldest"/>.</summary>
    public int DeleteDenials(long oldest, int limit) => connection.Execute(
        $"DELETE FROM join_denials WHERE {dialect.Some("join_denials", "(room_number, user_id)", "WHERE denied_at <= @oldest ORDER BY denied_at LIMIT @limit")}",
        new { oldest, limit });

    /// <summary>Allowances that are whole again. One that a change of another node is taking from is left to the next time.</summary>
    public int DeleteAllowances(DateTimeOffset now, int limit) => !dialect.KeepsAllowances ? 0 : connection.Execute(
        $"DELETE FROM allowances WHERE {dialect.Some("allowances", null, "WHERE full_at <= @now LIMIT @limit FOR UPDATE SKIP LOCKED")}",
        new { now = StoredAllowance.TicksOf(now), limit });

    /// <summary>Rows of the feed from before a time, up to a position, oldest first.</summary>
    public int DeleteFeed(long before, long upTo, int limit) => connection.Execute(
        "DELETE FROM feed WHERE position IN (SELECT position FROM feed ORDER BY position LIMIT @limit) AND position <= @upTo AND at < @before",
        new { before, upTo, limit });

    /// <summary>Audit rows from before a time, oldest first.</summary>
    public int DeleteAudit(long before, int limit) => connection.Execute(
        "DELETE FROM audit WHERE id IN (SELECT id FROM audit ORDER BY id LIMIT @limit) AND at < @before",
        new { before, limit });

    public bool HasRemains() => connection.ExecuteScalar<bool>("SELECT EXISTS (SELECT 1 FROM remains)");

    /// <summary>What is left of rooms and boards that were deleted, the oldest first: of as many as there are rows to delete.</summary>
    public int DeleteRemains(int limit)
    {
        var deleted = 0;
        while (deleted < limit && connection.QueryFirstOrDefault<long?>("SELECT number FROM remains ORDER BY number LIMIT 1") is { } number) deleted += DeleteRemains(number, limit - deleted);
        return deleted;
    }

    private int DeleteRemains(long number, int limit)
    {
        var deleted = 0;
        foreach (var (table, key, row) in OfRemains)
        {
            deleted += connection.Execute(
                $"DELETE FROM {table} WHERE {key} = @number AND {dialect.Some(table, row, $"WHERE {key} = @number LIMIT @limit")}",
                new { number, limit = limit - deleted });
            if (deleted >= limit) return deleted;
        }

        // A room's boards become remains of their own, with their updates.
        connection.Execute("INSERT INTO remains (number) SELECT number FROM boards WHERE room_number = @number", new { number });
        return deleted + connection.Execute("DELETE FROM boards WHERE room_number = @number", new { number }) + connection.Execute("DELETE FROM remains WHERE number = @number", new { number });
    }

    /// <summary>
    /// Gives pages of the file in which nothing is left back to the disk, up to <paramref name="limit"/>, and keeps <see cref="PagesKept"/> of them. Returns how many it
    /// gave back. None of a file that was made before files could.
    /// </summary>
    public int GiveBackPages(int limit)
    {
        if (!dialect.GivesBackPages || connection.ExecuteScalar<long>("PRAGMA auto_vacuum") != IncrementalVacuum) return 0;
        var free = connection.ExecuteScalar<int>("PRAGMA freelist_count");
        if (free <= PagesKept) return 0;

        // A page a row: whoever does not read them all gives back one.
        connection.Query<int>($"PRAGMA incremental_vacuum({Math.Min(limit, free - PagesKept)})").AsList();
        return free - connection.ExecuteScalar<int>("PRAGMA freelist_count");
    }
}
