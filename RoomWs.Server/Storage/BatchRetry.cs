using RoomWs.Server.Storage.Batch;

namespace RoomWs.Server.Storage;

/// <summary>
/// Decides whether a batch that the storage has failed for is run once more: at once where another batch was faster, and after a pause, for some time, where the
/// database is away. Nothing of it is told meanwhile. Writer's thread only.
/// </summary>
/// <param name="faults">Tells the two from all others.</param>
/// <param name="outage">Notes that nothing can be stored. Once it has refused changes, those behind them do not wait for the database in their turn.</param>
/// <param name="patience">How long a batch waits for the database.</param>
/// <param name="time">The clock.</param>
internal sealed class BatchRetry(IStorageFaults faults, StorageOutage outage, TimeSpan patience, TimeProvider time)
{
    /// <summary>Whoever loses so often in a row loses to the same row, and not to chance.</summary>
    private const int MaxRaces = 5;

    private int _races;
    private Retries? _retries;
    private long _losses;
    private long _turn;

    /// <summary>Called before the first try of a batch.</summary>
    public void Begin() => (_races, _retries) = (0, null);

    /// <summary>Whether it is worth another try, before which this has waited.</summary>
    public bool Again(Exception cause)
    {
        if (faults.IsLostRace(cause)) return ++_races <= MaxRaces;
        if (!faults.IsWorthRetry(cause) || outage.HasRefused) return false;

        // A reader may have found that out before, or even that it is over. What has begun before then fails for the same, which is no news.
        var isFirst = _retries is null;
        var isNews = isFirst ? outage.Losses == _losses : outage.Turns == _turn;
        if (isNews) outage.Begin(cause);
        _retries ??= new Retries(time, patience);
        var isAgain = (isFirst && !isNews) || _retries.WaitForNext(CancellationToken.None);
        (_losses, _turn) = (outage.Losses, outage.Turns);
        return isAgain;
    }
}
