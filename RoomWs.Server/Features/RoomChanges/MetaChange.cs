using RoomWs.Protocol.Rooms;
using RoomWs.Server.Dispatch;
using RoomWs.Server.Model;
using RoomWs.Server.Storage;

namespace RoomWs.Server.Features.RoomChanges;

/// <summary>Applies a patch that has been checked, and tells all members.</summary>
internal static class MetaChange
{
    public static Outcome Apply(string roomId, RoomMetaPatch patch, string? detail, WriteScope write)
    {
        var updated = write.Rooms.UpdateMeta(roomId, patch, write.Now);
        var after = write.Snapshots.Change(
            roomId,
            updated.Version,
            before => before.WithMeta(updated.ToMeta(), updated.Version, updated.UpdatedAt));
        return Outcome.ChangedForAll(after, new RoomUpdated(roomId, patch, updated.Version, updated.UpdatedAt), AuditNote.About(detail));
    }
}
