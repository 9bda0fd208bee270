using RoomWs.Server.Storage;

namespace RoomWs.Server.Fanout;

/// <summary>
/// Decides whether the writer waits a moment for its next batch to fill. Clients whose changes went out to many sockets get their replies
/// together, at the end of the broadcast, and send their next changes together. If these are committed in one batch again, their messages
/// share one call to each socket, which is the cost of a broadcast. Without the wait the clients drift apart into several batches, and each
/// batch waits for the sends of the others. Writer's thread only.
/// </summary>
/// <param name="send">Sends what a batch has queued. Returns the number of sockets it was sent to.</param>
internal sealed class BatchWindow(Func<int> send) : ICommitSink
{
    /// <summary>Sockets per change. From this number on, sending costs more than the commit.</summary>
    private const int ManySockets = 16;

    /// <summary>Maximum number of batches to skip between two attempts to wait.</summary>
    private const int LongestPause = 64;

    private int _expected;
    private int _pause;
    private int _pauseLeft;

    public void EndBatch(int jobs, Func<int> waiting)
    {
        // Reset first: if sending throws, the next batch must not wait.
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

    /// <summary>If the expected jobs did not all come, the number of batches to skip before the next attempt doubles.</summary>
    public void Waited(bool allCame)
    {
        _pause = allCame ? 0 : Math.Clamp(2 * _pause, 1, LongestPause);
        _pauseLeft = _pause;
    }
}
