using System.Collections.Concurrent;
using RoomWs.Server.Storage.Batch;

namespace RoomWs.Server.Storage;

/// <summary>
/// A pool of read connections, opened when needed and kept. A read holds one only while it runs, and it runs on one thread. A read beyond
/// <see cref="MaxReads"/> waits for another to end. May be used from any thread.
/// </summary>
internal sealed class ReadConnections(IDatabase database) : IReads, IDisposable
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

    public T Read<T>(Func<Repositories, T> read)
    {
        _places.Wait();
        try
        {
            var scope = Take();
            try
            {
                scope.Begin();
                return read(scope);
            }
            finally
            {
                GiveBack(scope);
            }
        }
        finally
        {
            // After the connection, so that whoever gets the place finds it.
            _places.Release();
        }
    }

    /// <summary>Takes a connection whose read the caller begins, beside those of <see cref="Read"/>. It must be given back; at most <see cref="MaxTaken"/> at a time.</summary>
    /// <exception cref="ObjectDisposedException">The server is at its end.</exception>
    public ReadScope Take()
    {
        ObjectDisposedException.ThrowIf(_isDisposed, this);
        return _idle.TryTake(out var scope) ? scope : new ReadScope(database.OpenForReading(), database.Dialect);
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

        _idle.Add(scope);
        // A read that was under way at the end leaves no connection behind.
        if (_isDisposed) CloseIdle();
    }

    public void Dispose()
    {
        _isDisposed = true;
        CloseIdle();
    }

    private void CloseIdle()
    {
        while (_idle.TryTake(out var scope)) scope.Dispose();
    }
}
