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

    /// <summary>Whether another batch was faster, so that the same one may well succeed at once, when it has seen what that has done.</summary>
    bool IsLostRace(Exception exception);

    /// <summary>Whether nothing can be read either, because the database cannot be reached or lets nobody in.</summary>
    bool IsAway(Exception exception);

    /// <summary>Whether another try on a new connection can help, and soon, as where the database is being restarted.</summary>
    bool IsWorthRetry(Exception exception);

    /// <summary>Why changes cannot be stored at the moment, and how the operator can end that. Never a secret.</summary>
    string WhileRunning(Exception exception);
}
