namespace RoomWs.Server.Storage.Postgres;

/// <summary>Tells how far a long move is.</summary>
internal sealed class MoveProgress(TimeProvider time, Action<string> tell)
{
    /// <summary>Between two lines. What takes less time has none.</summary>
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(5);

    private readonly long _begun = time.GetTimestamp();
    private long _told = time.GetTimestamp();

    /// <summary>So many rows of a table are moved.</summary>
    public void At(string table, long rows)
    {
        if (rows % 1_000 != 0 || time.GetElapsedTime(_told) < Interval) return;
        _told = time.GetTimestamp();
        tell(FormattableString.Invariant($"Moved {rows} rows of {table} after {(long)time.GetElapsedTime(_begun).TotalSeconds} s"));
    }
}
