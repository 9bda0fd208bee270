namespace RoomWs.Server.Transport;

/// <summary>Whoever waits until less is queued for a connection: its read loop. Under the outbox gate.</summary>
internal struct SpaceWaiter
{
    private TaskCompletionSource? _space;
    private long _upTo;

    /// <summary>Ends when at most <paramref name="upTo"/> bytes are queued.</summary>
    public Task WaitAsync(long upTo)
    {
        _upTo = upTo;
        _space ??= new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        return _space.Task;
    }

    public void Look(long queued)
    {
        if (_space is not null && queued <= _upTo) Release();
    }

    public void Release()
    {
        _space?.TrySetResult();
        _space = null;
    }
}
