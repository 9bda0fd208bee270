using RoomWs.Server.Model;

namespace RoomWs.Server.Storage;

/// <summary>
/// The rooms as the running batch has left them: a change builds on the one before it in the same batch, which nobody else knows until
/// the commit. What it had to load it keeps for the rest of the batch. Writer's thread only.
/// </summary>
internal sealed class BatchSnapshots(IRoomSnapshots committed, RoomLoader loader)
{
    private readonly Dictionary<string, RoomSnapshot> _rooms = new(StringComparer.Ordinal);
    private bool _committedIsBehind;

    /// <summary>The room at the version that the database has now.</summary>
    public RoomSnapshot At(string roomId, long version) =>
        Known(roomId) is { } known && known.Version == version ? known : Keep(Load(roomId));

    /// <summary>The room after a change of meta that took it to <paramref name="version"/>.</summary>
    public RoomSnapshot Change(string roomId, long version, Func<RoomSnapshot, RoomSnapshot> change) =>
        Keep(Before(roomId, version) is { } before ? change(before) : Load(roomId));

    /// <summary>The room after a change of members that took it to <paramref name="version"/>.</summary>
    public RoomSnapshot Change(string roomId, long version, MemberChange change, long at) =>
        Keep(Before(roomId, version)?.With(change, version, at) ?? Load(roomId).MadeBy(change));

    public RoomSnapshot Create(RoomSnapshot room) => Keep(room);

    /// <summary>After a job was rolled back: what it left here never was, and what the jobs before it changed nobody else knows yet.</summary>
    public void Distrust()
    {
        _rooms.Clear();
        _committedIsBehind = true;
    }

    /// <summary>After the batch: what was committed is known to all.</summary>
    public void Clear()
    {
        _rooms.Clear();
        _committedIsBehind = false;
    }

    // Anything but the version right before means that what we know is not what was changed; the database is.
    private RoomSnapshot? Before(string roomId, long version) => Known(roomId) is { } known && known.Version == version - 1 ? known : null;

    private RoomSnapshot Keep(RoomSnapshot room)
    {
        _rooms[room.Id] = room;
        return room;
    }

    private RoomSnapshot? Known(string roomId)
    {
        if (_rooms.TryGetValue(roomId, out var room)) return room;
        return _committedIsBehind ? null : committed.Peek(roomId);
    }

    private RoomSnapshot Load(string roomId) =>
        loader.Load(roomId) ?? throw new InvalidOperationException($"Room {roomId} was changed and cannot be read.");
}
