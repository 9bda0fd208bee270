using RoomWs.Server.Storage;

namespace RoomWs.Server.Fanout;

/// <summary>
/// Whether the writer gives its next batch a moment to fill. Clients whose changes went out to many sockets are all answered at the end of
/// that broadcast, and send their next changes together: committed together again, their messages share one call to each socket, which is
/// what a broadcast costs. Without this they drift apart, into batches that each wait for the other's sends. Writer's thread only.
/// </summary>
/// <param name="send">Sends what a batch has queued; returns to how many sockets.</param>
internal sealed class BatchWindow(Func<int> send) : ICommitSink
{
    /// <summary>Sockets for each change from which on sending costs more than the commit.</summary>
    private const int ManySockets = 16;

    /// <summary>Maximum number of batches between two attempts to wait.</summary>
    private const int LongestPause = 64;

    private int _expected;
    private int _pause;
    private int _pauseLeft;

    public void EndBatch(int jobs, Func<int> waiting)
    {
        // Where sending fails, the next batch waits for nobody.
        _expected = 0;
        var sockets = send();
        if (sockets >= ManySockets * jobs) _expected = jobs + waiting();
    }

    public int ExpectedJobs()
    {
        if (_expected == 0 || _pauseLeft == 0) return _expected;
        _pauseLeft--;
        return 0;
    }

    /// <summary>Where the others did not come, the next attempt is made after twice as many batches.</summary>
    public void Waited(bool allCame)
    {
        _pause = allCame ? 0 : Math.Clamp(2 * _pause, 1, LongestPause);
        _pauseLeft = _pause;
    }
}
