namespace RoomWs.Server.Hosting;

/// <summary>
/// Collects garbage when the server becomes quiet after a burst. The collector runs only when something is allocated: without this, a
/// server that 5,000 clients have just connected to, and that is silent since, would keep that garbage until it is busy again.
/// </summary>
internal sealed class IdleMemory
{
    /// <summary>A tick that allocates less than this is quiet.</summary>
    private const long QuietBytes = 256 * 1024;

    /// <summary>A collection is worthwhile after more allocations than this since the last one.</summary>
    private const long WorthwhileBytes = 8 * 1024 * 1024;

    /// <summary>Quiet ticks before a worthwhile collection.</summary>
    private const int FirstAfterTicks = 2;

    /// <summary>Quiet ticks before one more collection, when the listener's buffers have been released too. It needs only that there was one before.</summary>
    private const int AgainAfterTicks = 40;

    /// <summary>
    /// Minimum ticks from the last collection to a worthwhile one: a collection stops all threads, and a server that alternates between busy
    /// and quiet would pay for that again and again.
    /// </summary>
    private const int MinTicksBetween = 30;

    private long _allocated = GC.GetTotalAllocatedBytes();
    private long _allocatedAtCollection;
    private int _quietTicks;
    private int _ticksSinceCollection = MinTicksBetween;

    /// <summary>Called once a second.</summary>
    public void Tick()
    {
        var allocated = GC.GetTotalAllocatedBytes();
        _quietTicks = allocated - _allocated < QuietBytes ? _quietTicks + 1 : 0;
        _allocated = allocated;
        _ticksSinceCollection++;

        var worthwhile = allocated - _allocatedAtCollection > WorthwhileBytes;
        if ((_quietTicks >= FirstAfterTicks && _ticksSinceCollection >= MinTicksBetween && worthwhile) || (_quietTicks == AgainAfterTicks && _allocatedAtCollection > 0))
        {
            GC.Collect(GC.MaxGeneration, GCCollectionMode.Aggressive, blocking: true, compacting: true);
            _allocatedAtCollection = GC.GetTotalAllocatedBytes();
            _ticksSinceCollection = 0;
        }
    }
}
