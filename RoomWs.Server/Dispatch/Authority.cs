using RoomWs.Protocol.Connection;
using RoomWs.Server.Model;
using RoomWs.Server.Storage;

namespace RoomWs.Server.Dispatch;

/// <summary>
/// Checks whether a caller may do in a room what its command requires. The one place that asks this, for changes and for queries;
/// <see cref="RoomPermissions"/> has the answers.
/// </summary>
internal static class Authority
{
    /// <summary>In the writer's turn: the refusal, or null and the room as it is at that moment. Writer's thread only.</summary>
    public static ErrorReply? Check(RoomRef name, RoomAction requires, Caller caller, WriteScope write, out RoomAccess? room)
    {
        var id = name.Id ?? write.Rooms.FindIdBySlug(name.Slug!);
        room = id is null ? null : write.Rooms.Access(id, caller.UserId);
        return room is null ? Missing(requires) : room.Refuse(requires);
    }

    /// <summary>For a query beside the writer: the refusal, by the room as it was found. Null if there is none.</summary>
    public static ErrorReply? Check(RoomSnapshot? room, RoomAction requires, Caller caller) =>
        room is null ? Missing(requires) : RoomPermissions.Refuse(room.RoleOf(caller.UserId), requires);

    /// <summary>There is no such room. What any user may ask for says here what it says of a room that is hidden from the caller, so that nobody can tell one from the other.</summary>
    private static ErrorReply Missing(RoomAction requires) => requires switch
    {
        RoomAction.Leave => RoomErrors.NotIn,
        RoomAction.CancelRequest => RoomErrors.NoRequest,
        _ => RoomErrors.NotFound,
    };
}
