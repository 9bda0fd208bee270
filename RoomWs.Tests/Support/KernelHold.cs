namespace RoomWs.Tests.Support;

/// <summary>Keeps one thread at a place until another lets it go.</summary>
internal sealed class KernelHold : IDisposable
{
    private readonly TaskCompletionSource _held = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource _released = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Ends when the thread is there.</summary>
    public Task Held => _held.Task;

    /// <summary>Holds a lock on a thread of its own; returns when it has it.</summary>
    /// <param name="held">The lock.</param>
    /// <param name="last">What to do, still with the lock, once it is to be let go.</param>
    public static async Task<KernelHold> OfAsync(Lock held, Action? last = null)
    {
        var hold = new KernelHold();
        new Thread(() =>
        {
            lock (held)
            {
                hold.Keep();
                last?.Invoke();
            }
        })
        { IsBackground = true }.Start();
        await hold.Held.OrFailAsync("the lock");
        return hold;
    }

    /// <summary>Called by the thread that is to be kept.</summary>
    public void Keep()
    {
        _held.TrySetResult();
        if (!_released.Task.Wait(Deadline.Span)) throw new TimeoutException("Nobody let go what was held.");
    }

    public void Release() => _released.TrySetResult();

    public void Dispose() => Release();
}
