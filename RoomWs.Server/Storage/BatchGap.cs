namespace RoomWs.Server.Storage;

/// <summary>
/// What is to run between two batches of the writer. There all that is committed has been told, and nothing else is committed meanwhile. May be used from
/// any thread, but <see cref="Run"/>.
/// </summary>
/// <param name="signal">Called when something waits. Wakes the writer.</param>
internal sealed class BatchGap(Action signal)
{
    private readonly Lock _gate = new();
    private readonly Queue<(Action Work, TaskCompletionSource Done)> _waiting = [];
    private bool _isClosed;

    public bool IsAwaited
    {
        get
        {
            lock (_gate) return _waiting.Count > 0;
        }
    }

    /// <summary>Runs work on the writer's thread, ahead of the changes that wait. They wait for it, so it must be short.</summary>
    /// <returns>Ends when the work is done, or fails as it failed.</returns>
    public Task RunAsync(Action work)
    {
        var done = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        lock (_gate)
        {
            ObjectDisposedException.ThrowIf(_isClosed, this);
            _waiting.Enqueue((work, done));
        }

        signal();
        return done.Task;
    }

    /// <summary>Runs what waits. Writer's thread only.</summary>
    public void Run()
    {
        while (TryTake(out var work, out var done))
        {
            try
            {
                work();
                done.SetResult();
            }
            catch (Exception cause)
            {
                done.SetException(cause);
            }
        }
    }

    /// <summary>Takes no more. What waits is still run.</summary>
    public void Close()
    {
        lock (_gate) _isClosed = true;
    }

    private bool TryTake(out Action work, out TaskCompletionSource done)
    {
        lock (_gate)
        {
            var isThere = _waiting.TryDequeue(out var next);
            (work, done) = next;
            return isThere;
        }
    }
}
