using System.Data.Common;
using System.Text.Json;
using Dapper;
using RoomWs.Protocol;
using RoomWs.Protocol.Auditing;
using RoomWs.Server.Model;

namespace RoomWs.Server.Storage;

/// <summary>A change on the audit trail, with the id of its row.</summary>
internal sealed record AuditRow(long Id, AuditEntry Entry);

/// <summary>All SQL about the audit trail.</summary>
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

    private AuditInsert? _insert;

    /// <summary>Adds a change that has just been made to a room.</summary>
    public void Add(string action, string userId, RoomChange change, AuditNote note, long now) =>
        (_insert ??= new AuditInsert(connection)).Run(action, userId, change, note, now);

    /// <summary>The changes of a room, newest first. Never those of an earlier room with the same id.</summary>
    /// <param name="roomId">The room.</param>
    /// <param name="startAt">The row to start with. Null for the newest. If the row is not the room's or was deleted, the result is empty.</param>
    /// <param name="limit">Maximum number of changes.</param>
    public List<AuditRow> Newest(string roomId, long? startAt, int limit) =>
    [
        .. connection.Query<Row>(
            // No ORDER BY: it would walk the whole trail first. The recursion returns the rows in the order in which it finds them.
            """
            WITH RECURSIVE trail (id, at, user_id, action, version, targets, detail, previous) AS (
                SELECT a.id, a.at, a.user_id, a.action, a.version, a.targets, a.detail, a.previous
                FROM rooms r JOIN audit a ON a.id = COALESCE(@startAt, r.audit_last)
                WHERE r.id = @roomId AND a.room_id = r.id AND a.id >= r.audit_first
                UNION ALL
                SELECT a.id, a.at, a.user_id, a.action, a.version, a.targets, a.detail, a.previous
                FROM trail t JOIN audit a ON a.id = t.previous)
            SELECT id, at, user_id, action, version, targets, detail FROM trail LIMIT @limit
            """,
            new { roomId, startAt, limit }).Select(row => row.ToAuditRow()),
    ];

    /// <summary>Deletes rows from before a time, oldest first, up to <paramref name="limit"/>. Returns how many it deleted.</summary>
    public int DeleteOld(long before, int limit) => connection.Execute(
        "DELETE FROM audit WHERE id IN (SELECT id FROM audit ORDER BY id LIMIT @limit) AND at < @before",
        new { before, limit });
}
