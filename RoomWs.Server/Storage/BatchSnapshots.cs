using RoomWs.Server.Model;

namespace RoomWs.Server.Storage;

/// <summary>
/// The rooms as the running batch has left them so far. A change builds on earlier changes of its batch, which no other thread may see before
/// the commit. Rooms that had to be loaded are kept for the rest of the batch. Writer's thread only.
/// </summary>
internal sealed class BatchSnapshots(IRoomSnapshots committed, RoomLoader loader)
{
    private readonly Dictionary<string, RoomSnapshot> _rooms = new(StringComparer.Ordinal);

    /// <summary>The rooms whose version the batch has raised, those of undone jobs included. Null if there are none. A new set for each batch, because others read it.</summary>
    private HashSet<string>? _changed;
    private bool _committedIsBehind;

    /// <summary>The room at <paramref name="version"/>, which must be the one in the database now.</summary>
    public RoomSnapshot At(string roomId, long version) =>
        Known(roomId) is { } known && known.Version == version ? known : Keep(Load(roomId));

    /// <summary>The room after a change of meta that raised it to <paramref name="version"/>.</summary>
    public RoomSnapshot Change(string roomId, long version, Func<RoomSnapshot, RoomSnapshot> change) =>
        KeepChanged(Before(roomId, version) is { } before ? change(before) : Load(roomId));

    /// <summary>The room after a change of members that raised it to <paramref name="version"/>.</summary>
    public RoomSnapshot Change(string roomId, long version, MemberChange change, long at) =>
        KeepChanged(Before(roomId, version)?.With(change, version, at) ?? Load(roomId).MadeBy(change));

    public RoomSnapshot Create(RoomSnapshot room) => KeepChanged(room);

    /// <summary>
    /// Call after a job was rolled back: its snapshots here are wrong. From then on rooms are loaded from the database, because the committed
    /// snapshots do not have the changes of the earlier jobs of the batch.
    /// </summary>
    public void Distrust()
    {
        _rooms.Clear();
        _committedIsBehind = true;
    }

    /// <summary>Call right before the commit: the rooms that the batch has changed must not be read from the database until they are told.</summary>
    public void Commit()
    {
        if (_changed is not null) committed.Committing(_changed);
    }

    /// <summary>Call after the batch: the committed snapshots have its changes now.</summary>
    public void Clear()
    {
        if (_changed is not null) committed.Told();
        _changed = null;
        _rooms.Clear();
        _committedIsBehind = false;
    }

    // The snapshot is usable only at the version right before the change. Otherwise the room is loaded from the database.
    private RoomSnapshot? Before(string roomId, long version) => Known(roomId) is { } known && known.Version == version - 1 ? known : null;

    private RoomSnapshot KeepChanged(RoomSnapshot room)
    {
        (_changed ??= new(StringComparer.Ordinal)).Add(room.Id);
        return Keep(room);
    }

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
