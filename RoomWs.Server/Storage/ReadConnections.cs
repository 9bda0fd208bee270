using System.Collections.Concurrent;
using RoomWs.Server.Storage.Sqlite;

namespace RoomWs.Server.Storage;

/// <summary>
/// A pool of read connections, opened when needed and kept. A read holds one only while it runs, and it runs on one thread, so there are never
/// more connections than threads that read at the same time, and the few that wait for a place among the commits. May be used from any thread.
/// </summary>
internal sealed class ReadConnections(SqliteFile file) : IReads, IDisposable
{
    private readonly ConcurrentBag<ReadScope> _idle = [];
    private volatile bool _isDisposed;

    public T Read<T>(Func<Repositories, T> read)
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

    /// <summary>Takes a connection whose read the caller begins. It must be given back.</summary>
    /// <exception cref="ObjectDisposedException">The server is at its end.</exception>
    public ReadScope Take()
    {
        ObjectDisposedException.ThrowIf(_isDisposed, this);
        return _idle.TryTake(out var scope) ? scope : new ReadScope(file.OpenForReading());
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
