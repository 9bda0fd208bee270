using System.Buffers.Text;
using System.Globalization;
using System.Text;
using RoomWs.Protocol.Boards;
using RoomWs.Protocol.Connection;
using RoomWs.Server.Dispatch;
using RoomWs.Server.Model;
using RoomWs.Server.Storage;

namespace RoomWs.Server.Features.Boards;

/// <summary>ROOM_BOARD_LIST: lists the room's boards, one page at a time.</summary>
internal sealed class ListBoardsHandler : IRoomQueryHandler<ListBoards>
{
    private const int DefaultLimit = 100;
    private const int MaxLimit = 500;

    public ErrorReply? Validate(ListBoards command, Caller caller)
    {
        if (command.Limit is < 1 or > MaxLimit) return FieldRules.Invalid($"limit must be 1-{MaxLimit}; it is {command.Limit}.");
        return command.Cursor is { } cursor && Position(cursor) is null
            ? FieldRules.Invalid("cursor must be the nextCursor of an earlier ROOM_BOARD_LIST_RESPONSE.")
            : FieldRules.RoomId(command.RoomId);
    }

    public Outcome Handle(ListBoards command, Caller caller, RoomSnapshot room, IReads reads)
    {
        var limit = command.Limit ?? DefaultLimit;
        var (createdAt, boardId) = command.Cursor is { } cursor ? Position(cursor)!.Value : (long.MinValue, "");

        // Read one row more than asked for: it tells whether there is a next page.
        var boards = reads.Read(read => read.Boards.OldestFirst(command.RoomId, createdAt, boardId, limit + 1).ToList());
        var hasMore = boards.Count > limit;
        if (hasMore) boards.RemoveAt(limit);
        return Outcome.Answer(new BoardListResponse(command.RoomId, boards, hasMore ? Cursor(boards[^1]) : null));
    }

    private static string Cursor(Board last) =>
        Base64Url.EncodeToString(Encoding.UTF8.GetBytes(string.Create(CultureInfo.InvariantCulture, $"{last.CreatedAt}:{last.BoardId}")));

    /// <summary>Returns the time and id of the last board of the page before, or null if this server cannot have made the cursor.</summary>
    private static (long CreatedAt, string BoardId)? Position(string cursor)
    {
        if (cursor.Length > 4 * FieldRules.MaxIdLength || !Base64Url.IsValid(cursor)) return null;
        var text = Encoding.UTF8.GetString(Base64Url.DecodeFromChars(cursor));
        var colon = text.IndexOf(':', StringComparison.Ordinal);
        return colon > 0 && long.TryParse(text.AsSpan(0, colon), NumberStyles.None, CultureInfo.InvariantCulture, out var createdAt) && FieldRules.IsRoomId(text[(colon + 1)..])
            ? (createdAt, text[(colon + 1)..])
            : null;
    }
}
