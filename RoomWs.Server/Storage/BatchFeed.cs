using RoomWs.Server.Model;
using RoomWs.Server.Storage.Batch;

namespace RoomWs.Server.Storage;

/// <summary>What a batch tells whoever follows the changes of all rooms. Writer's thread only.</summary>
internal sealed class BatchFeed(BatchRows rows)
{
    /// <summary>Adds a change that has just been made.</summary>
    public void Add(string type, string userId, RoomChange change)
    {
        var epoch = change.After?.Epoch ?? rows.Rooms.Stored(change.RoomId)?.Epoch;
        rows.Feed.Add(new FeedChange(type, change.RoomId, epoch, change.After?.Version, userId, change.BoardId, change.Seq));
    }
}
