using System.Data.Common;
using RoomWs.Server.Model;

namespace RoomWs.Server.Storage;

/// <summary>Reads a room with its members. Works on a read connection and on the writer's connection.</summary>
internal sealed class RoomLoader(DbConnection connection)
{
    private readonly RoomRepository _rooms = new(connection);
    private readonly MemberRepository _members = new(connection);

    public RoomSnapshot? Load(string roomId)
    {
        // On a read connection the two statements may see two commits, and then the members do not belong to the version of the row. So read
        // the row again, until it did not change while the members were read.
        while (_rooms.Find(roomId) is { } room)
        {
            var members = _members.All(roomId);
            if (_rooms.Find(roomId) == room) return room.ToSnapshot(members);
        }

        return null;
    }
}
