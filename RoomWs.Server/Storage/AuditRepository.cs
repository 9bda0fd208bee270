using System.Data.Common;
using System.Text.Json;
using Dapper;
using RoomWs.Protocol;
using RoomWs.Protocol.Auditing;

namespace RoomWs.Server.Storage;

/// <summary>A change on the audit trail, with the id of its row.</summary>
internal sealed record AuditRow(long Id, AuditEntry Entry);

/// <summary>What is read of the audit trail.</summary>
internal sealed class AuditRepository(DbConnection connection)
{
    private sealed class Row
    {
        public long Id { get; init; }

        public long At { get; init; }

        public required string UserId { get; init; }

        public required string Action { get; init; }

        public long Version { get; init; }

        public string? Targets { get; init; }

        public string? Detail { get; init; }

        public AuditRow ToAuditRow() => new(Id, new AuditEntry
        {
            At = At,
            UserId = UserId,
            Action = Action,
            Version = Version,
            Targets = Targets is null ? [] : JsonSerializer.Deserialize(Targets, ProtocolJson.Wire.IReadOnlyListString)!,
            Detail = Detail,
        });
    }

    /// <summary>The changes of a room, newest first. Never those of an earlier room with the same id.</summary>
    /// <param name="roomId">The room.</param>
    /// <param name="startAt">The row to start with. Null for the newest. Rows of another room are none of the result.</param>
    /// <param name="limit">Maximum number of changes.</param>
    public List<AuditRow> Newest(string roomId, long? startAt, int limit) =>
    [
        .. connection.Query<Row>(
            """
            SELECT id, at, user_id, action, version, targets, detail FROM audit
            WHERE room_number = (SELECT number FROM rooms WHERE id = @roomId) AND id <= @startAt
            ORDER BY id DESC LIMIT @limit
            """,
            new { roomId, startAt = startAt ?? long.MaxValue, limit }).Select(row => row.ToAuditRow()),
    ];
}
