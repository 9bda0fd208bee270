namespace RoomWs.Server.Storage;

/// <summary>Up to where the changes of all nodes are told here. May be used from any thread.</summary>
internal sealed class ToldPosition
{
    // Where this node is the only one, nothing that can be read is ahead of it by this measure.
    private long _position = long.MaxValue;
    private long _telling;
    private TaskCompletionSource? _next;

    public long Value
    {
        get => Volatile.Read(ref _position);
        set
        {
            // Behind a failover it may go back.
            Telling = value;
            // A barrier: whoever waits either sees the new value or is seen here.
            Interlocked.Exchange(ref _position, value);
            if (Volatile.Read(ref _next) is not null) Interlocked.Exchange(ref _next, null)?.TrySetResult();
        }
    }

    /// <summary>The last position of which something may be told here already.</summary>
    public long Telling
    {
        get => Math.Max(Value, Volatile.Read(ref _telling));
        set => Volatile.Write(ref _telling, value);
    }

    /// <summary>Whether what was read at a position may hold changes that are not told here yet.</summary>
    public bool IsAhead(long position) => position > Value;

    /// <summary>Ends when all up to a position is told here.</summary>
    public async Task ReachAsync(long position)
    {
        while (IsAhead(position))
        {
            var made = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            var next = Interlocked.CompareExchange(ref _next, made, null) ?? made;
            if (!IsAhead(position)) return;
            await next.Task;
        }
    }
}
