namespace RoomWs.Server.Storage;

/// <summary>Up to where the changes of all nodes are told here. May be used from any thread.</summary>
internal sealed class ToldPosition
{
    // Where this node is the only one, nothing that can be read is ahead of it by this measure.
    private long _position = long.MaxValue;

    public long Value
    {
        get => Volatile.Read(ref _position);
        set => Volatile.Write(ref _position, value);
    }

    /// <summary>Whether what was read at a position may hold changes that are not told here yet.</summary>
    public bool IsAhead(long position) => position > Value;
}
