using RoomWs.Server.Model;
using RoomWs.Server.Storage.Batch;

namespace RoomWs.Server.Storage;

/// <summary>What a batch tells whoever follows the changes of all rooms. Writer's thread only.</summary>
internal sealed class BatchFeed(BatchRows rows, UndoLog undo)
{
    /// <summary>Adds a change that has just been made.</summary>
    public void Add(string type, string userId, RoomChange change)
    {
        var stored = rows.Rooms.Stored(change.RoomId);
        var before = rows.FedVersions.TryGetValue(change.RoomId, out var fed) ? fed : stored?.Version ?? 0;
        rows.Feed.Add(new FeedChange(type, change.After?.Epoch ?? stored?.Epoch, before, userId, change));
        rows.FedVersions[change.RoomId] = change.After?.Version ?? 0;
        undo.AddBeside(() => rows.FedVersions[change.RoomId] = before);
    }
}
