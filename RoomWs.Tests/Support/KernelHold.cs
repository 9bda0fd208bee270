using RoomWs.Server.Fanout;

namespace RoomWs.Tests.Support;

/// <summary>Keeps one thread at a place until another lets it go.</summary>
internal sealed class KernelHold : IDisposable
{
    private readonly TaskCompletionSource _held = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource _released = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Ends when the thread is there.</summary>
    public Task Held => _held.Task;

    public bool IsReleased => _released.Task.IsCompleted;

    /// <summary>Holds a lock on a thread of its own; returns when it has it.</summary>
    public static Task<KernelHold> OfAsync(Lock held) => OnThreadOfItsOwnAsync(keep =>
    {
        lock (held) keep();
    });

    /// <summary>Holds the gate of a room on a thread of its own; returns when it has it.</summary>
    /// <param name="held">The gate.</param>
    /// <param name="last">What to do, still with the gate, once it is to be let go.</param>
    public static Task<KernelHold> OfAsync(RoomGate held, Action? last = null) => OnThreadOfItsOwnAsync(keep =>
    {
        using (held.Enter())
        {
            keep();
            last?.Invoke();
        }
    });

    /// <summary>Called by the thread that is to be kept.</summary>
    public void Keep()
    {
        _held.TrySetResult();
        if (!_released.Task.Wait(Deadline.Span)) throw new TimeoutException("Nobody let go what was held.");
    }

    public void Release() => _released.TrySetResult();

    public void Dispose() => Release();

    private static async Task<KernelHold> OnThreadOfItsOwnAsync(Action<Action> holding)
    {
        var hold = new KernelHold();
        // On a thread of its own an exception would end the process, and all other tests; the test whose hold it is fails by itself.
        new Thread(() => holding(() => _ = hold._held.TrySetResult() && hold._released.Task.Wait(Deadline.Span))) { IsBackground = true }.Start();
        await hold.Held.OrFailAsync("the lock");
        return hold;
    }
}
