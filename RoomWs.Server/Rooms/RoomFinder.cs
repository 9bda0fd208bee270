using RoomWs.Server.Broadcasting;
using RoomWs.Server.Storage;

namespace RoomWs.Server.Rooms;

/// <summary>Finds the room that a query names by id or slug.</summary>
internal sealed class RoomFinder(RoomDirectory directory, ReadConnections reads)
{
    public SeenRoom? Find(string? roomId, string? slug)
    {
        var id = roomId ?? reads.Read(scope => scope.Rooms.FindIdBySlug(slug!));
        return id is null ? null : directory.Find(id);
    }
}
