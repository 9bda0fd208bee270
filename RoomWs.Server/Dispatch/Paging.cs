using RoomWs.Protocol.Connection;
using RoomWs.Server.Model;

namespace RoomWs.Server.Dispatch;

/// <summary>
/// The pages of a list whose entries have ids that sort by time. The cursor is the id of the last entry that was shown, so what ends between two pages moves nothing.
/// </summary>
internal static class Paging
{
    private const int DefaultLimit = 100;
    private const int MaxLimit = 500;

    /// <summary>The refusal of a limit or a cursor. Null if both are right.</summary>
    /// <param name="limit">How many entries the request wants.</param>
    /// <param name="cursor">Where it wants them from.</param>
    /// <param name="prefix">What the ids of this list begin with.</param>
    /// <param name="replyType">The reply whose nextCursor the cursor must be.</param>
    public static ErrorReply? Refuse(int? limit, string? cursor, string prefix, string replyType)
    {
        if (limit is < 1 or > MaxLimit) return FieldRules.Invalid($"limit must be 1-{MaxLimit}; it is {limit}.");
        return cursor is null || Ids.IsOf(prefix, cursor) ? null : FieldRules.Invalid($"cursor must be the nextCursor of an earlier {replyType}.");
    }

    /// <summary>Reads a page, and one entry more than it holds, which tells whether there is a next one.</summary>
    /// <param name="limit">How many entries the request wants.</param>
    /// <param name="cursor">Where it wants them from; null for the first page.</param>
    /// <param name="read">Reads up to so many entries behind an id.</param>
    /// <param name="id">The id of an entry.</param>
    public static (List<T> Page, string? NextCursor) Read<T>(int? limit, string? cursor, Func<string, int, List<T>> read, Func<T, string> id)
    {
        var count = limit ?? DefaultLimit;
        var page = read(cursor ?? "", count + 1);
        if (page.Count <= count) return (page, null);

        page.RemoveAt(count);
        return (page, id(page[^1]));
    }
}
