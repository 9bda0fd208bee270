using RoomWs.Server.Storage;

namespace RoomWs.Server.Fanout;

/// <summary>Finds the room that a query names by id or slug. May be used from any thread.</summary>
internal sealed class RoomFinder(RoomDirectory directory, ReadConnections reads)
{
    /// <summary>Finds the room. Null if there is none. May read the database: never call it under a gate.</summary>
    /// <returns>False if that cannot be said before a change of the room is told, as in <see cref="RoomDirectory.TryFind"/>.</returns>
    public bool TryFind(string? roomId, string? slug, out RoomView? view)
    {
        view = null;
        var id = roomId ?? reads.Read(read => read.Rooms.FindIdBySlug(slug!));
        return id is null || directory.TryFind(id, out view);
    }
}
