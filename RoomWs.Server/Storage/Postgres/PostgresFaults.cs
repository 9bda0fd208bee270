using Npgsql;
using RoomWs.Server.Storage.Batch;

namespace RoomWs.Server.Storage.Postgres;

/// <summary>What goes wrong with a database while the server runs.</summary>
internal sealed class PostgresFaults(string target) : IStorageFaults
{
    public bool Is(Exception exception) => PostgresFault.Is(exception);

    public bool IsOfStorage(Exception exception) => PostgresFault.IsOfStorage(exception);

    // A lock that another holds is waited for again, like a server that is away.
    public bool IsOfLock(Exception exception) => false;

    public bool IsLostRace(Exception exception) => exception is LostRaceException or PostgresException
    {
        SqlState: PostgresErrorCodes.UniqueViolation or PostgresErrorCodes.DeadlockDetected or PostgresErrorCodes.SerializationFailure,
    };

    public bool IsAway(Exception exception) => PostgresFault.IsAway(exception);

    public bool IsWorthRetry(Exception exception) => PostgresFault.IsWorthRetry(exception);

    public string WhileRunning(Exception exception) => PostgresFault.WhileRunning(exception, target);
}
