using RoomWs.Server.Storage;

namespace RoomWs.Server.Fanout;

/// <summary>Finds the room that a query names by id or slug. May be used from any thread.</summary>
internal sealed class RoomFinder(RoomDirectory directory, ReadConnections reads)
{
    /// <summary>The room. Null if there is none. May read the database: never call it under a gate.</summary>
    public RoomView? Find(string? roomId, string? slug)
    {
        var id = roomId ?? reads.Read(read => read.Rooms.FindIdBySlug(slug!));
        return id is null ? null : directory.Find(id);
    }
}
