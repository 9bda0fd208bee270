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
    private readonly SemaphoreSlim _free = new(1);

    /// <summary>Waits for the user's other queries that came before.</summary>
    public async ValueTask<Turn> TakeAsync()
    {
        var taken = _free.WaitAsync();
        if (taken.IsCompleted) return new Turn(_free);
        await taken;
        // Behind what waits for a thread by now: the turns of one user would else follow each other on one thread, past everybody.
        await Task.Yield();
        return new Turn(_free);
    }

    /// <summary>A turn, which ends when it is disposed.</summary>
    public sealed class Turn(SemaphoreSlim free) : IDisposable
    {
        public void Dispose() => free.Release();
    }
}
