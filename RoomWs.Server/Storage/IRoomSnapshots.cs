using RoomWs.Server.Model;

namespace RoomWs.Server.Storage;

/// <summary>The rooms in memory, at their last version that was told. May be used from any thread; only the writer calls the last two.</summary>
internal interface IRoomSnapshots
{
    /// <summary>The room if it is in memory; null otherwise. Never calls the database.</summary>
    RoomSnapshot? Peek(string roomId);

    /// <summary>
    /// Called right before a commit. From here until <see cref="Told"/> the database may be ahead of what the clients were told of these rooms, so none of
    /// them may be read from it to be shown.
    /// </summary>
    /// <param name="roomIds">The rooms whose version the batch has raised. The set does not change any more.</param>
    void Committing(IReadOnlySet<string> roomIds);

    /// <summary>Called when all changes of the batch are told, or the batch was undone.</summary>
    void Told();
}
