namespace RoomWs.Server.Fanout;

/// <summary>
/// Numbers what nodes do so that of two things the later has the higher number: by the clock, and past whatever this node has heard of, so that nodes whose clocks differ agree,
/// too. May be used from any thread.
/// </summary>
internal sealed class NodeClock(TimeProvider time)
{
    private readonly Lock _gate = new();
    private long _last;

    /// <summary>The last number that was given or heard of.</summary>
    public long Last
    {
        get
        {
            lock (_gate) return _last;
        }
    }

    /// <summary>A number above all that this node has given or heard of.</summary>
    public long Next()
    {
        var now = time.GetUtcNow().Ticks;
        lock (_gate) return _last = Math.Max(_last + 1, now);
    }

    /// <summary>Notes the number of another node.</summary>
    public void Hear(long number)
    {
        lock (_gate) _last = Math.Max(_last, number);
    }
}
