using System.Globalization;
using RoomWs.Protocol.Auditing;
using RoomWs.Protocol.Connection;
using RoomWs.Server.Dispatch;
using RoomWs.Server.Model;
using RoomWs.Server.Storage;

namespace RoomWs.Server.Features.Auditing;

/// <summary>ROOM_AUDIT_LIST: who changed what in a room.</summary>
internal sealed class ListAuditHandler : IRoomQueryHandler<ListAudit>
{
    private const int DefaultLimit = 50;
    private const int MaxLimit = 200;

    /// <summary>Maximum number of target users in one page, unless its first entry alone has more: one change can have a thousand.</summary>
    private const int PageTargets = 2_000;

    public ErrorReply? Validate(ListAudit command, Caller caller)
    {
        if (command.Limit is < 1 or > MaxLimit) return FieldRules.Invalid($"limit must be 1-{MaxLimit}; it is {command.Limit}.");
        return command.Cursor is { } cursor && Position(cursor) is null
            ? FieldRules.Invalid("cursor must be the nextCursor of an earlier ROOM_AUDIT_LIST_RESPONSE.")
            : FieldRules.RoomId(command.RoomId);
    }

    public Outcome Handle(ListAudit command, Caller caller, RoomSnapshot room, IReads reads)
    {
        // Read one row more than asked for: it tells whether there is a next page, and where that begins.
        var limit = command.Limit ?? DefaultLimit;
        var startAt = command.Cursor is { } cursor ? Position(cursor) : null;
        var rows = reads.Read(read => read.Audit.Newest(command.RoomId, startAt, limit + 1));
        var count = PageLength(rows, limit);
        var page = new AuditListResponse(
            command.RoomId,
            rows.ConvertAll(row => row.Entry)[..count],
            count < rows.Count ? rows[count].Id.ToString(CultureInfo.InvariantCulture) : null);
        return Outcome.Answer(page);
    }

    private static int PageLength(List<AuditRow> rows, int limit)
    {
        var targets = 0;
        for (var count = 0; count < rows.Count; count++)
        {
            targets += rows[count].Entry.Targets.Count;
            if (count == limit || (count > 0 && targets > PageTargets)) return count;
        }

        return rows.Count;
    }

    private static long? Position(string cursor) =>
        long.TryParse(cursor, NumberStyles.None, CultureInfo.InvariantCulture, out var id) ? id : null;
}
