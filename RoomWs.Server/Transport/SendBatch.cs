namespace RoomWs.Server.Transport;

/// <summary>
/// Connections that were sent something and have yet to be drained. What is sent to one of them several times before the start goes out
/// in one call to its socket, and a broadcast to hundreds is a handful of tasks, not hundreds. For one thread at a time.
/// </summary>
internal sealed class SendBatch
{
    /// <summary>So many connections are drained by one task: enough to be worth it, few enough to share among the processors.</summary>
    private const int ConnectionsPerTask = 64;

    // Made when needed: every move of a cursor has a batch, and it is the tick that sends.
    private List<Outbox>? _waiting;

    public void Add(Outbox outbox) => (_waiting ??= []).Add(outbox);

    /// <summary>Has all of them drained, on other threads.</summary>
    public void Start()
    {
        if (_waiting is not { Count: > 0 }) return;
        foreach (var some in _waiting.Chunk(ConnectionsPerTask)) ThreadPool.UnsafeQueueUserWorkItem(new Drains(some), preferLocal: false);
        _waiting.Clear();
    }

    private sealed class Drains(Outbox[] outboxes) : IThreadPoolWorkItem
    {
        public void Execute()
        {
            foreach (var outbox in outboxes) outbox.Drain();
        }
    }
}
