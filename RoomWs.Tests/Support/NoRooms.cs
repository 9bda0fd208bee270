using RoomWs.Server.Model;
using RoomWs.Server.Storage;

namespace RoomWs.Tests.Support;

/// <summary>No room is in memory.</summary>
internal sealed class NoRooms : IRoomSnapshots
{
    public RoomSnapshot? Peek(string roomId) => null;

    public void Committing(IReadOnlySet<string> roomIds)
    {
    }

    public void Told()
    {
    }
}
