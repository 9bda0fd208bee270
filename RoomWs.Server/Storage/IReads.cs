namespace RoomWs.Server.Storage;

/// <summary>Where a query reads the database: on a connection beside the writer, or on the writer's own in its turn among the changes.</summary>
internal interface IReads
{
    /// <summary>Runs a read on a connection that is nobody else's meanwhile.</summary>
    T Read<T>(Func<Repositories, T> read);
}
