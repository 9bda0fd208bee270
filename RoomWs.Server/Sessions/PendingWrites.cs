namespace RoomWs.Server.Sessions;

/// <summary>How many changes of a connection are still with the writer. May be used from any thread, but <see cref="NoneAsync"/> by one at a time.</summary>
internal sealed class PendingWrites
{
    private int _count;
    private TaskCompletionSource? _none;

    public int Count => Volatile.Read(ref _count);

    public void Add() => Interlocked.Increment(ref _count);

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
