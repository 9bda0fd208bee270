using System.Buffers.Text;
using System.Text;
using RoomWs.Protocol.Connection;
using RoomWs.Protocol.Rooms;
using RoomWs.Server.Dispatch;
using RoomWs.Server.Model;
using RoomWs.Server.Storage;

namespace RoomWs.Server.Features.Rooms;

/// <summary>ROOM_LIST: returns a page of the caller's rooms, or of all rooms that the caller may see.</summary>
internal sealed class ListRoomsHandler(TimeProvider time) : IQueryHandler<ListRooms>
{
    private const int DefaultLimit = 100;
    private const int MaxLimit = 500;

    public ErrorReply? Validate(ListRooms command, Caller caller)
    {
        if (command.Limit is < 1 or > MaxLimit) return FieldRules.Invalid($"limit must be 1-{MaxLimit}; it is {command.Limit}.");
        return command.Cursor is { } cursor && Position(cursor) is null
            ? FieldRules.Invalid("cursor must be the nextCursor of an earlier ROOM_LIST_RESPONSE.")
            : null;
    }

    public Outcome Handle(ListRooms command, Caller caller, IReads reads)
    {
        var limit = command.Limit ?? DefaultLimit;
        var after = command.Cursor is { } cursor ? Position(cursor)! : "";

        // Read one row more than asked for: it tells whether there is a next page.
        var rows = reads.Read(scope => (command.IncludeAll
            ? scope.Rooms.ListVisible(caller.UserId, caller.IsAdmin, after, limit + 1)
            : scope.Rooms.ListOfUser(caller.UserId, after, limit + 1)).ToList());
        var hasMore = rows.Count > limit;
        if (hasMore) rows.RemoveAt(limit);

        var next = hasMore ? Base64Url.EncodeToString(Encoding.UTF8.GetBytes(rows[^1].Id)) : null;
        return Outcome.Answer(new RoomListResponse(true, rows, rows.Count, next, time.GetUtcNow().ToUnixTimeMilliseconds()));
    }

    /// <summary>Returns the last room id of the page before, or null if this server cannot have made the cursor.</summary>
    private static string? Position(string cursor)
    {
        if (cursor.Length > 4 * FieldRules.MaxIdLength || !Base64Url.IsValid(cursor)) return null;
        var roomId = Encoding.UTF8.GetString(Base64Url.DecodeFromChars(cursor));
        return FieldRules.IsRoomId(roomId) ? roomId : null;
    }
}
