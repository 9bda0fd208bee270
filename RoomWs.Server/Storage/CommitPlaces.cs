namespace RoomWs.Server.Storage;

/// <summary>
/// Reads the database as it is at a place in the order of commits: all changes before the place are in what is read and have been told, all others are
/// neither. The writer only begins the read there; it goes on with its changes while the caller's thread reads. May be used from any thread.
/// </summary>
#pragma warning disable CA1001 // A semaphore without a wait handle holds nothing to dispose of, and a read may end after the server.
internal sealed class CommitPlaces(ReadConnections reads, WriteQueue writes)
#pragma warning restore CA1001
{
    /// <summary>A read holds a connection from before its place until it is done. More wait.</summary>
    private readonly SemaphoreSlim _free = new(ReadConnections.MaxTaken);

    /// <summary>Takes a place and reads what is committed there.</summary>
    /// <param name="taken">Called at the place, on the writer's thread, while nothing is committed or told. The changes that wait, wait for it.</param>
    /// <param name="read">The read. It holds the write-ahead log as long as it is, so it must be short.</param>
    public async Task<T> ReadAsync<T>(Action taken, Func<Repositories, T> read)
    {
        await _free.WaitAsync();
        try
        {
            var scope = reads.Take();
            try
            {
                // Compiles the statement and opens the log on this thread; at the place it then takes microseconds.
                scope.Rooms.Position();
                await writes.Gap.RunAsync(() =>
                {
                    scope.Begin();
                    // The first statement chooses the commit, whatever it asks.
                    var position = scope.Rooms.Position();
                    writes.Others.CatchUpTo(position);
                    taken();
                });
                return read(scope);
            }
            finally
            {
                reads.GiveBack(scope);
            }
        }
        finally
        {
            _free.Release();
        }
    }
}
