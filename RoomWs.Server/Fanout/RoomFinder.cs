using RoomWs.Server.Storage;

namespace RoomWs.Server.Fanout;

/// <summary>Finds the room that a query names by id or slug.</summary>
internal sealed class RoomFinder(RoomDirectory directory, ReadConnections reads)
{
    public RoomView? Find(string? roomId, string? slug)
    {
        var id = roomId ?? reads.Read(scope => scope.Rooms.FindIdBySlug(slug!));
        return id is null ? null : directory.Find(id);
    }
}
