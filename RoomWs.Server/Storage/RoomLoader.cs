using System.Data.Common;
using RoomWs.Server.Model;
using RoomWs.Server.Storage.Batch;

namespace RoomWs.Server.Storage;

/// <summary>Reads a room with its members. Both statements see one commit.</summary>
internal sealed class RoomLoader(DbConnection connection, SqlDialect dialect)
{
    private readonly RoomRepository _rooms = new(connection, dialect);
    private readonly MemberRepository _members = new(connection, dialect);

    public RoomSnapshot? Load(string roomId) => _rooms.Find(roomId) is { } room ? room.ToSnapshot(_members.All(room.Number)) : null;
}
