using System.Collections.Concurrent;
using RoomWs.Server.Storage.Sqlite;

namespace RoomWs.Server.Storage;

/// <summary>
/// A pool of read connections, opened when needed and kept. A read holds one only while it runs, and it runs on one thread, so there are never
/// more connections than threads that read at the same time. May be used from any thread.
/// </summary>
internal sealed class ReadConnections(SqliteFile file) : IReads, IDisposable
{
    private readonly ConcurrentBag<ReadScope> _idle = [];
    private volatile bool _isDisposed;

    /// <inheritdoc/>
    /// <exception cref="ObjectDisposedException">The server is at its end.</exception>
    public T Read<T>(Func<Repositories, T> read)
    {
        ObjectDisposedException.ThrowIf(_isDisposed, this);
        if (!_idle.TryTake(out var scope)) scope = new ReadScope(file.OpenForReading());
        try
        {
            return scope.Read(read);
        }
        finally
        {
            // A connection whose transaction could not be ended would show the same commit for ever.
            if (scope.IsInTransaction) scope.Dispose();
            else _idle.Add(scope);
            // A read that was under way at the end leaves no connection behind.
            if (_isDisposed) CloseIdle();
        }
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
