using System.Collections.Concurrent;
using RoomWs.Server.Storage.Sqlite;

namespace RoomWs.Server.Storage;

/// <summary>
/// A pool of read connections, opened when needed and kept. A read holds one only while it runs, and it runs on one thread. A read beyond
/// <see cref="MaxOpen"/> waits for another to end. May be used from any thread.
/// </summary>
internal sealed class ReadConnections(SqliteFile file) : IReads, IDisposable
{
    /// <summary>
    /// Maximum number of connections. More threads than processors read at once only where the disk keeps them waiting; and each connection has
    /// files open, of which the system lets a process have only so many.
    /// </summary>
    public static readonly int MaxOpen = Math.Max(8, 2 * Environment.ProcessorCount);

    private readonly ConcurrentBag<ReadScope> _idle = [];
    private readonly SemaphoreSlim _places = new(MaxOpen);

    public T Read<T>(Func<Repositories, T> read)
    {
        _places.Wait();
        ReadScope? scope = null;
        try
        {
            if (!_idle.TryTake(out scope)) scope = new ReadScope(file.OpenForReading());
            return read(scope);
        }
        finally
        {
            // Before the place is given back, so that whoever gets it finds the connection.
            if (scope is not null) _idle.Add(scope);
            _places.Release();
        }
    }

    public void Dispose()
    {
        while (_idle.TryTake(out var scope)) scope.Dispose();
    }
}
