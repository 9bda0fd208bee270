namespace RoomWs.Server.Storage.Batch;

/// <summary>Tells what an exception means for the storage. May be used from any thread.</summary>
internal interface IStorageFaults
{
    /// <summary>Whether the exception comes from the database's driver.</summary>
    bool Is(Exception exception);

    /// <summary>Whether the cause is the database as a whole, such as its disk, its locks or the way to it, and not the statement that failed.</summary>
    bool IsOfStorage(Exception exception);

    /// <summary>Whether another program had the database locked, all the time that one waits for that.</summary>
    bool IsOfLock(Exception exception);

    /// <summary>Whether the same batch may well succeed on another try, as where the database is being restarted or has chosen another batch before this one.</summary>
    bool IsWorthRetry(Exception exception);

    /// <summary>Why changes cannot be stored at the moment, and how the operator can end that. Never a secret.</summary>
    string WhileRunning(Exception exception);
}
