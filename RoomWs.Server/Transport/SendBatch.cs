namespace RoomWs.Server.Transport;

/// <summary>
/// Connections that were sent something and have yet to be drained. What is sent to one of them several times before the start goes out
/// in one call to its socket. For one thread at a time.
/// </summary>
internal sealed class SendBatch
{
    // Made when needed: every move of a cursor has a batch, and it is the tick that sends.
    private List<Outbox>? _waiting;

    public void Add(Outbox outbox) => (_waiting ??= []).Add(outbox);

    /// <summary>
    /// Drains them all: on this thread, for a send does not block and handing it over costs more, and where they are many with the help of
    /// others. Returns how many they were; the last of them may still be with a helper then.
    /// </summary>
    public int Start()
    {
        if (_waiting is not { Count: > 0 } waiting) return 0;
        var count = waiting.Count;
        if (count <= Round.OutboxesAtATime)
        {
            foreach (var outbox in waiting) outbox.Drain();
        }
        else
        {
            new Round([.. waiting]).Run();
        }

        waiting.Clear();
        return count;
    }

    /// <summary>Many outboxes, shared out in pieces among the threads that take part.</summary>
    private sealed class Round(Outbox[] outboxes) : IThreadPoolWorkItem
    {
        /// <summary>Enough to be worth a thread, few enough to share.</summary>
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
