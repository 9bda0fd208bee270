namespace RoomWs.Server.Hosting;

/// <summary>
/// Gives memory back once it is quiet after a burst. The collector works when there is something to allocate; a server that five
/// thousand clients have just connected to, and that is silent since, would keep what their coming cost until it is busy again.
/// </summary>
internal sealed class IdleMemory
{
    /// <summary>Allocations in one tick under which it is quiet, and since the last collection over which there is something to win.</summary>
    private const long QuietBytes = 256 * 1024;
    private const long WorthwhileBytes = 8 * 1024 * 1024;

    /// <summary>Quiet ticks after which to collect: soon, and again when the listener's buffers have been let go of.</summary>
    private const int Soon = 2;
    private const int Later = 40;

    /// <summary>
    /// Ticks between two collections at least: one stops all threads for a moment, which a server that is busy now and quiet then would meet
    /// again and again.
    /// </summary>
    private const int Rest = 30;

    private long _allocated = GC.GetTotalAllocatedBytes();
    private long _collectedAt;
    private int _quietTicks;
    private int _restedTicks = Rest;

    /// <summary>Called once a second.</summary>
    public void Tick()
    {
        var allocated = GC.GetTotalAllocatedBytes();
        _quietTicks = allocated - _allocated < QuietBytes ? _quietTicks + 1 : 0;
        _allocated = allocated;
        _restedTicks++;

        var worthwhile = allocated - _collectedAt > WorthwhileBytes;
        if ((_quietTicks >= Soon && _restedTicks >= Rest && worthwhile) || (_quietTicks == Later && _collectedAt > 0))
        {
            GC.Collect(GC.MaxGeneration, GCCollectionMode.Aggressive, blocking: true, compacting: true);
            _collectedAt = GC.GetTotalAllocatedBytes();
            _restedTicks = 0;
        }
    }
}
