using RoomWs.Server.Storage.Batch;

namespace RoomWs.Server.Storage.Sqlite;

/// <summary>What goes wrong with a file while the server runs.</summary>
internal sealed class SqliteFaults(string path) : IStorageFaults
{
    public bool Is(Exception exception) => SqliteFault.Is(exception);

    public bool IsOfStorage(Exception exception) => SqliteFault.IsOfStorage(exception);

    public bool IsOfLock(Exception exception) => SqliteFault.IsOfLock(exception);

    // This is the only writer.
    public bool IsLostRace(Exception exception) => false;

    // Whatever is wrong with a file says nothing of the next read.
    public bool IsAway(Exception exception) => false;

    // It has waited for the lock already, and a disk is not free a moment later.
    public bool IsWorthRetry(Exception exception) => false;

    public string WhileRunning(Exception exception) => SqliteFault.WhileRunning(exception, path);
}
