using RoomWs.Server.Storage.Batch;

namespace RoomWs.Server.Storage;

/// <summary>Decides whether a read for which the database was away is tried once more: at once the first time, for a connection that was idle may have been lost long ago, and then after pauses.</summary>
internal sealed class ReadRetry(IStorageFaults faults, StorageOutage outage, TimeSpan patience, TimeProvider time)
{
    private Retries? _retries;

    /// <summary>Waits until it may be tried again.</summary>
    /// <param name="cause">What the last try failed with.</param>
    /// <param name="turn">The outage's turn when that began.</param>
    /// <exception cref="StorageException">It is not worth it.</exception>
    public async Task WaitForNextAsync(Exception cause, long turn)
    {
        var isFirst = _retries is null;
        _retries ??= new Retries(time, patience);
        if (faults.IsWorthRetry(cause))
        {
            outage.BeginReads(cause, turn);
            if (!outage.HasRefusedReads && (isFirst || await _retries.WaitForNextAsync(CancellationToken.None))) return;
        }

        throw outage.RefuseRead(cause);
    }
}
