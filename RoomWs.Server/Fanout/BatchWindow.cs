namespace RoomWs.Server.Fanout;

/// <summary>
/// When the writer gives the next batch a moment to fill. Those whose changes went out to many sockets are all answered at the end of
/// that, and come back together: committed together again, their messages share one call to each socket, which is what a broadcast
/// costs. Without this they drift apart, into batches that each wait for the other's sends. Writer's thread only.
/// </summary>
internal sealed class BatchWindow
{
    /// <summary>At most so long a change waits for others: less than what the broadcast before it took.</summary>
    public static readonly TimeSpan Patience = TimeSpan.FromMilliseconds(1);

    /// <summary>From so many sockets a change on, sending costs more than the commit.</summary>
    private const int ManySockets = 16;

    private const int LongestPause = 64;

    private int _expected;
    private int _pause;
    private int _pauseLeft;

    /// <summary>After a batch: it was told to so many sockets, and so many changes came meanwhile.</summary>
    public void Told(int jobs, int sockets, int waiting) => _expected = sockets >= ManySockets * jobs ? jobs + waiting : 0;

    /// <summary>How many changes to wait for; 0 for none but what there is.</summary>
    public int Expected()
    {
        if (_expected == 0 || _pauseLeft == 0) return _expected;
        _pauseLeft--;
        return 0;
    }

    /// <summary>After a wait. Where the others did not come, it is tried ever more rarely.</summary>
    public void Ended(bool allCame)
    {
        _pause = allCame ? 0 : Math.Clamp(2 * _pause, 1, LongestPause);
        _pauseLeft = _pause;
    }
}
