using RoomWs.Server.Storage.Batch;

namespace RoomWs.Server.Storage.Postgres;

/// <summary>What users have left of what they may do in a minute. A user's row is locked from the look at it to the commit, so that all nodes together give what one would.</summary>
internal static class PostgresAllowances
{
    /// <summary>
    /// Locks and reads those that a batch needs. Ahead of its rooms: so nobody who waits for one of these has a room that others wait for. Of one that has no row
    /// yet, the first of two batches that make it wins, and the other is run again.
    /// </summary>
    public static void AddLocks(Needs needs, BatchRows rows, RoundTrip trip)
    {
        var asked = needs.Allowances.Where(allowance => !rows.Allowances.Knows(allowance)).ToList();
        if (asked.Count == 0) return;
        trip.Read(
            """
            SELECT a.user_id, a.kind, a.full_at FROM unnest($1, $2) AS n (user_id, kind) JOIN allowances a ON a.user_id = n.user_id AND a.kind = n.kind
            ORDER BY a.user_id, a.kind FOR UPDATE OF a
            """,
            row => rows.Allowances.Load((row.GetString(0), Enum.Parse<AllowanceKind>(row.GetString(1))), new StoredAllowance(row.GetInt64(2))),
            asked.Texts(allowance => allowance.UserId),
            asked.Texts(allowance => allowance.Kind.ToString()));
    }

    /// <summary>Notes what has no row.</summary>
    public static void Finish(Needs needs, BatchRows rows)
    {
        foreach (var allowance in needs.Allowances) rows.Allowances.Load(allowance, null);
    }

    /// <summary>Writes those that something was taken from.</summary>
    public static void AddWrites(BatchRows rows, RoundTrip trip)
    {
        var changed = rows.Allowances.Changed.OrderBy(allowance => allowance.Key.UserId, StringComparer.Ordinal).ThenBy(allowance => allowance.Key.Kind).ToList();
        const string Insert = "INSERT INTO allowances (user_id, kind, full_at) SELECT * FROM unnest($1, $2, $3)";
        // One that was whole may have been deleted since, in this batch.
        Add(Insert + " ON CONFLICT (user_id, kind) DO UPDATE SET full_at = excluded.full_at", changed.FindAll(allowance => allowance.Stored is not null), trip);
        Add(Insert, changed.FindAll(allowance => allowance.Stored is null), trip);
    }

    private static void Add(string sql, List<KnownRow<(string UserId, AllowanceKind Kind), StoredAllowance>> allowances, RoundTrip trip)
    {
        if (allowances.Count == 0) return;
        trip.Do(
            sql,
            allowances.Texts(allowance => allowance.Key.UserId),
            allowances.Texts(allowance => allowance.Key.Kind.ToString()),
            allowances.Numbers(allowance => allowance.Now!.FullAt));
    }
}
