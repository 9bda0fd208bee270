using RoomWs.Server.Storage;

namespace RoomWs.Server.Fanout;

/// <summary>Finds the room that a query names by id or slug.</summary>
internal sealed class RoomFinder(RoomDirectory directory, ReadConnections reads)
{
    /// <summary>The room; null where there is none. Reads the database, so no gate may be held.</summary>
    public RoomView? Find(string? roomId, string? slug)
    {
        var id = roomId ?? reads.Read(read => read.Rooms.FindIdBySlug(slug!));
        return id is null ? null : directory.Find(id);
    }
}
