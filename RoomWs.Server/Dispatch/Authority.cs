using RoomWs.Protocol.Connection;
using RoomWs.Server.Model;
using RoomWs.Server.Storage;

namespace RoomWs.Server.Dispatch;

/// <summary>
/// Whether a caller may do in a room what its command requires: the one place where that is asked, for changes and for queries.
/// <see cref="RoomPermissions"/> has the answers.
/// </summary>
internal static class Authority
{
    /// <summary>For a change: the room as it is in the writer's turn; else why not.</summary>
    public static ErrorReply? Check(RoomRef name, RoomAction requires, Caller caller, WriteScope write, out RoomAccess? room)
    {
        var id = name.Id ?? write.Rooms.FindIdBySlug(name.Slug!);
        room = id is null ? null : write.Rooms.Access(id, caller.UserId);
        return room is null ? RoomErrors.NotFound : room.Refuse(requires);
    }

    /// <summary>For a query: why not, by the room as it was found; null where there is no reason.</summary>
    public static ErrorReply? Check(RoomSnapshot? room, RoomAction requires, Caller caller) =>
        room is null ? RoomErrors.NotFound : RoomPermissions.Refuse(room.RoleOf(caller.UserId), requires);
}
