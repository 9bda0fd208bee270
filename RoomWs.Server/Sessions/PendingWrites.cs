namespace RoomWs.Server.Sessions;

/// <summary>
/// The changes of a connection that are still with the writer, and what their replies may take. May be used from any thread, but <see cref="TryAdd"/>
/// and <see cref="NoneAsync"/> by the read loop alone.
/// </summary>
/// <param name="maxReplyBytes">Maximum bytes of the replies to all of them. The reply to a single one may be larger.</param>
internal sealed class PendingWrites(int maxReplyBytes)
{
    /// <summary>Maximum number of changes of one connection that wait for the writer. At the limit, the connection is not read until all are done.</summary>
    private const int Max = 256;

    private int _count;
    private long _replyBytes;
    private TaskCompletionSource? _none;

    public int Count => Volatile.Read(ref _count);

    /// <summary>Adds a change. False if it has to wait until all others are done.</summary>
    /// <param name="replyBytes">What its reply may take. 0 for a small one.</param>
    public bool TryAdd(long replyBytes)
    {
        var count = Count;
        // Counted up only: which of the replies are made already does not matter as long as there are some to come.
        if (count == 0) _replyBytes = 0;
        else if (count >= Max || (replyBytes > 0 && _replyBytes + replyBytes > maxReplyBytes)) return false;

        _replyBytes += replyBytes;
        Interlocked.Increment(ref _count);
        return true;
    }

    /// <summary>Takes one off. True if it was the last.</summary>
    public bool Remove()
    {
        if (Interlocked.Decrement(ref _count) != 0) return false;
        Interlocked.Exchange(ref _none, null)?.TrySetResult();
        return true;
    }

    /// <summary>Ends when there are none.</summary>
    public Task NoneAsync()
    {
        var none = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        Interlocked.Exchange(ref _none, none);
        // The last may have been taken off before it could see the task source.
        if (Count == 0) Interlocked.Exchange(ref _none, null)?.TrySetResult();
        return none.Task;
    }
}
