using System.Data.Common;
using RoomWs.Server.Model;

namespace RoomWs.Server.Storage;

/// <summary>Reads a room with its members. Both statements see one commit.</summary>
internal sealed class RoomLoader(DbConnection connection)
{
    private readonly RoomRepository _rooms = new(connection);
    private readonly MemberRepository _members = new(connection);

    public RoomSnapshot? Load(string roomId) => _rooms.Find(roomId) is { } room ? room.ToSnapshot(_members.All(room.Number)) : null;
}
