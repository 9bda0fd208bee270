namespace RoomWs.Server.Storage.Batch;

/// <summary>Something that is tried again and again for a while.</summary>
internal sealed class Retries(TimeProvider time, TimeSpan during)
{
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(100);

    private readonly long _begin = time.GetTimestamp();

    /// <summary>Waits until it may be tried again; false, at once, if the time is over.</summary>
    public bool WaitForNext(CancellationToken stop) => WaitForNextAsync(stop).GetAwaiter().GetResult();

    /// <inheritdoc cref="WaitForNext"/>
    public async Task<bool> WaitForNextAsync(CancellationToken stop)
    {
        if (time.GetElapsedTime(_begin) >= during) return false;
        await Task.Delay(Pause, time, stop);
        return true;
    }
}
