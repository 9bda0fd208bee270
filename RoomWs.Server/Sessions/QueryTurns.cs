namespace RoomWs.Server.Sessions;

/// <summary>
/// Lets the queries of one user run one after the other, over all its connections. So a user who asks for much at once takes one processor at a time, waits for
/// itself, and leaves the threads to the others. A turn is held while a query reads and its reply is made, and never while a client has to read. May be used
/// from any thread.
/// </summary>
#pragma warning disable CA1001 // A semaphore has something to dispose of only once its wait handle was asked for.
internal sealed class QueryTurns
#pragma warning restore CA1001
{
    /// <summary>Wakes the next that waits.</summary>
    private readonly SemaphoreSlim _next = new(0);

    /// <summary>How many have a turn or wait for one.</summary>
    private int _queries;

    /// <summary>Waits for the user's other queries that came before.</summary>
    public ValueTask<Turn> TakeAsync() => Interlocked.Increment(ref _queries) == 1 ? new(new Turn(this)) : WaitAsync();

    private async ValueTask<Turn> WaitAsync()
    {
        await _next.WaitAsync();
        // Behind what waits for a thread by now: the turns of one user would else follow each other on one thread, past everybody.
        await Task.Yield();
        return new Turn(this);
    }

    private void End()
    {
        if (Interlocked.Decrement(ref _queries) > 0) _next.Release();
    }

    /// <summary>A turn, which ends when it is disposed; once.</summary>
    public readonly struct Turn(QueryTurns turns) : IDisposable
    {
        public void Dispose() => turns.End();
    }
}
