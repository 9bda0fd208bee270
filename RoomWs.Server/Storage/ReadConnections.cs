using System.Collections.Concurrent;
using RoomWs.Server.Storage.Sqlite;

namespace RoomWs.Server.Storage;

/// <summary>
/// Connections for reads, opened when first needed and kept. A read holds one only while it runs on its thread, so there are
/// never more than threads that read at once. May be used from any thread.
/// </summary>
internal sealed class ReadConnections(SqliteFile file) : IReads, IDisposable
{
    private readonly ConcurrentBag<ReadScope> _idle = [];

    public T Read<T>(Func<Repositories, T> read)
    {
        if (!_idle.TryTake(out var scope)) scope = new ReadScope(file.OpenForReading());
        try
        {
            return read(scope);
        }
        finally
        {
            _idle.Add(scope);
        }
    }

    public void Dispose()
    {
        while (_idle.TryTake(out var scope)) scope.Dispose();
    }
}
