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

    /// <summary>
    /// Finds the room for one of its members. Null if there is none, if that cannot be said yet, and for a stranger, for whom no room is read. May read the
    /// database: never call it under a gate.
    /// </summary>
    public RoomView? FindFor(string userId, string? roomId, string? slug)
    {
        var id = roomId ?? reads.Read(read => read.Rooms.FindIdBySlug(slug!));
        if (id is null || (directory.InUse(id) is null && reads.Read(read => read.Rooms.Access(id, userId))?.Role is null)) return null;
        // The slug is read as it is committed, and the room is found as it was told.
        return directory.TryFind(id, out var view) && view is not null && (slug is null || view.Snapshot.Meta.Slug == slug) ? view : null;
    }
}
