namespace RoomWs.Server.Storage;

/// <summary>How a query reads the database: on a read connection, or on the writer's connection in its turn among the changes.</summary>
internal interface IReads
{
    /// <summary>Runs a read on a connection that no other thread uses meanwhile. All that it reads is of one moment.</summary>
    T Read<T>(Func<Repositories, T> read);
}
