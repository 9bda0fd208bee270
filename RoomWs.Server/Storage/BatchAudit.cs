using RoomWs.Server.Model;
using RoomWs.Server.Storage.Batch;

namespace RoomWs.Server.Storage;

/// <summary>What a batch adds to the audit trail. Writer's thread only.</summary>
internal sealed class BatchAudit(BatchRows rows)
{
    /// <summary>Adds a change that has just been made to a room.</summary>
    /// <param name="action">The command.</param>
    /// <param name="userId">Who made the change.</param>
    /// <param name="change">The change.</param>
    /// <param name="note">What it was about.</param>
    /// <param name="now">The time, Unix milliseconds.</param>
    public void Add(string action, string userId, RoomChange change, AuditNote note, long now)
    {
        // Of a room that the change has deleted, the number is the last of those whose rows are gone.
        var number = rows.Rooms.TryGet(change.RoomId, out var room) && room is not null ? room.Number : rows.Remains.Rows[^1];
        rows.Audit.Add(new AddedAudit(number, change.RoomId, now, userId, action, change.After?.Version, note.Targets is { Count: > 0 } targets ? targets : null, note.Detail));
    }
}
