namespace RoomWs.Server.Transport;

/// <summary>
/// Outboxes that got something and are still to be drained. Several messages to one connection before the start go out in one call to its
/// socket. Dispose starts it, too: an outbox that is never drained would stay mute for good, whatever went wrong behind it. For one thread at a time.
/// </summary>
internal sealed class SendBatch : IDisposable
{
    // Created only when needed: every cursor move makes a batch but sends nothing, because the next tick does.
    private List<Outbox>? _waiting;

    public void Add(Outbox outbox) => (_waiting ??= []).Add(outbox);

    /// <summary>
    /// Drains all outboxes on this thread, because a send does not block and handing it to another thread costs more. If there are many, helpers
    /// on the thread pool share the work. Returns the number of outboxes; helpers may still be draining the last of them.
    /// </summary>
    public int Start()
    {
        if (_waiting is not { Count: > 0 } waiting) return 0;
        var count = waiting.Count;
        // Emptied first: each of these is drained now, and another drain of one would run beside this one.
        _waiting = null;
        if (count <= Round.OutboxesAtATime)
        {
            foreach (var outbox in waiting) outbox.Drain();
        }
        else
        {
            new Round([.. waiting]).Run();
        }

        return count;
    }

    public void Dispose() => Start();

    /// <summary>Many outboxes that are drained by several threads. Each thread takes some at a time until none is left.</summary>
    private sealed class Round(Outbox[] outboxes) : IThreadPoolWorkItem
    {
        /// <summary>Large enough to be worth a helper, small enough to spread the work evenly.</summary>
        public const int OutboxesAtATime = 64;

        private int _taken;

        public void Run()
        {
            var helpers = Math.Min(Environment.ProcessorCount, (outboxes.Length + OutboxesAtATime - 1) / OutboxesAtATime) - 1;
            for (var i = 0; i < helpers; i++) ThreadPool.UnsafeQueueUserWorkItem(this, preferLocal: false);
            Execute();
        }

        public void Execute()
        {
            while (true)
            {
                var first = Interlocked.Add(ref _taken, OutboxesAtATime) - OutboxesAtATime;
                if (first >= outboxes.Length) return;
                var count = Math.Min(OutboxesAtATime, outboxes.Length - first);
                foreach (var outbox in outboxes.AsSpan(first, count)) outbox.Drain();
            }
        }
    }
}
