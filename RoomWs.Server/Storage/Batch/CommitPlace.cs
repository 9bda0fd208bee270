namespace RoomWs.Server.Storage.Batch;

/// <summary>Where a batch stands in the order of all commits to its database.</summary>
/// <param name="Position">Its own position where it has changed something. Else the last that it may have seen.</param>
/// <param name="IsOwn">Whether the position is its own.</param>
internal readonly record struct CommitPlace(long Position, bool IsOwn)
{
    /// <summary>The last position whose changes come before what the batch has to tell.</summary>
    public long Before => IsOwn ? Position - 1 : Position;
}
