using System.Collections.Concurrent;
using RoomWs.Server.Storage.Batch;

namespace RoomWs.Server.Storage;

/// <summary>
/// A pool of read connections, opened when needed and kept. A read holds one only while it runs, and it runs on one thread. A read beyond
/// <see cref="MaxReads"/> waits for another to end. One for which the database is away is tried again for a while, on another connection. May be used from any
/// thread.
/// </summary>
/// <param name="database">Opens connections.</param>
/// <param name="outage">Notes when the database is away, and when it is back.</param>
/// <param name="patience">How long a read waits for the database.</param>
/// <param name="time">The clock.</param>
internal sealed class ReadConnections(IDatabase database, StorageOutage outage, TimeSpan patience, TimeProvider time) : IReads, IDisposable
{
    /// <summary>Maximum number of reads at once. More threads than processors read at once only where the disk keeps them waiting.</summary>
    private static readonly int MaxReads = Math.Max(8, 2 * Environment.ProcessorCount);

    /// <summary>Maximum number of connections. Each has files open, of which the system lets a process have only so many.</summary>
    public static readonly int MaxOpen = MaxReads + MaxTaken;

    /// <summary>Maximum number of connections that may be taken by <see cref="Take"/> at a time.</summary>
    public const int MaxTaken = 8;

    private readonly ConcurrentBag<ReadScope> _idle = [];
    private readonly SemaphoreSlim _places = new(MaxReads);
    private volatile bool _isDisposed;
    private int _probes;

    /// <summary>The exception for a request that did not get what it needs because of an outage; null if there is none.</summary>
    public StorageException? Refusal => outage.Refusal;

    /// <inheritdoc/>
    /// <exception cref="StorageException">The database is away, and was for a while.</exception>
    public T Read<T>(Func<Repositories, T> read)
    {
        _places.Wait();
        // While reads are refused, one at a time finds out whether they have to be, and keeps no other waiting.
        var isProbe = outage.HasRefusedReads;
        try
        {
            if (isProbe && Interlocked.Increment(ref _probes) > 1 && outage.RefuseRead() is { } refusal) throw refusal;
            return ReadWithPatience(read);
        }
        finally
        {
            if (isProbe) Interlocked.Decrement(ref _probes);
            // After the connection, so that whoever gets the place finds it.
            _places.Release();
        }
    }

    /// <summary>Runs a read on a connection that it takes by <see cref="Take"/>, as often as <see cref="Read"/> would.</summary>
    /// <exception cref="StorageException">The database is away, and was for a while.</exception>
    public async Task<T> RetryAsync<T>(Func<Task<T>> read)
    {
        ReadRetry? retry = null;
        while (true)
        {
            var turn = outage.Turns;
            try
            {
                return await read();
            }
            catch (Exception cause) when (IsToWaitFor(cause))
            {
                await (retry ??= NewRetry()).WaitForNextAsync(cause, turn);
            }
        }
    }

    /// <summary>Ends when it is worth trying to read: at once, unless the database is away. Who reads without it keeps a thread for as long.</summary>
    public async ValueTask ReadyAsync()
    {
        if (outage.ReadsGoOn is { IsCompleted: false } wait) await Task.WhenAny(wait, Task.Delay(patience, time));
    }

    /// <summary>Takes a connection whose read the caller begins, beside those of <see cref="Read"/>. It must be given back; at most <see cref="MaxTaken"/> at a time.</summary>
    /// <exception cref="ObjectDisposedException">The server is at its end.</exception>
    public ReadScope Take()
    {
        ObjectDisposedException.ThrowIf(_isDisposed, this);
        while (_idle.TryTake(out var scope))
        {
            if (IsGood(scope)) return scope;
            scope.Dispose();
        }

        // Looked at before: if the database is lost while the connection is opened, that counts as one of before.
        var losses = outage.Losses;
        return new ReadScope(database.OpenForReading(), database.Dialect, losses);
    }

    /// <summary>Ends the connection's read, and keeps the connection for the next one.</summary>
    public void GiveBack(ReadScope scope)
    {
        try
        {
            scope.End();
        }
        catch
        {
            // A connection that cannot end its read is of no use to anybody.
            scope.Dispose();
            throw;
        }

        if (IsGood(scope)) _idle.Add(scope);
        else scope.Dispose();
        // A read that was under way at the end leaves no connection behind.
        if (_isDisposed) CloseIdle();
    }

    public void Dispose()
    {
        _isDisposed = true;
        CloseIdle();
    }

    private T ReadWithPatience<T>(Func<Repositories, T> read)
    {
        ReadRetry? retry = null;
        while (true)
        {
            var turn = outage.Turns;
            try
            {
                return ReadOnce(read);
            }
            catch (Exception cause) when (IsToWaitFor(cause))
            {
                (retry ??= NewRetry()).WaitForNextAsync(cause, turn).GetAwaiter().GetResult();
            }
        }
    }

    private T ReadOnce<T>(Func<Repositories, T> read)
    {
        var scope = Take();
        T found;
        try
        {
            scope.Begin();
            found = read(scope);
        }
        catch (Exception cause)
        {
            // Where the connection was lost meanwhile, its end says so: the read has failed for that then, whatever it made of it.
            if (database.Faults.IsAway(cause)) scope.Dispose();
            else GiveBack(scope);
            throw;
        }

        GiveBack(scope);
        outage.EndReads(scope.Losses);
        return found;
    }

    // At the end there is nothing to wait for, and nobody to tell of it.
    private bool IsToWaitFor(Exception cause) => !_isDisposed && (database.Faults.IsAway(cause) || database.Faults.IsWorthRetry(cause));

    private ReadRetry NewRetry() => new(database.Faults, outage, patience, time);

    private bool IsGood(ReadScope scope) => scope.IsOpen && scope.Losses == outage.Losses;

    private void CloseIdle()
    {
        while (_idle.TryTake(out var scope)) scope.Dispose();
    }
}
