using System.Data.Common;
using RoomWs.Server.Model;

namespace RoomWs.Server.Storage;

/// <summary>Reads a whole room, on whichever connection it is given.</summary>
internal sealed class RoomLoader(DbConnection connection)
{
    private readonly RoomRepository _rooms = new(connection);
    private readonly MemberRepository _members = new(connection);

    public RoomSnapshot? Load(string roomId)
    {
        // A reader's two statements may see two commits; the newer members then belong to a version that this row does not have
        // yet. Reading the row again until it stands still makes one state of both.
        while (_rooms.Find(roomId) is { } room)
        {
            var members = _members.All(roomId);
            if (_rooms.Find(roomId) == room) return room.ToSnapshot(members);
        }

        return null;
    }
}
