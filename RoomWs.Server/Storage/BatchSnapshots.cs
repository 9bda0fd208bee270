using RoomWs.Server.Model;
using RoomWs.Server.Storage.Batch;

namespace RoomWs.Server.Storage;

/// <summary>
/// The rooms whole, as the running batch has left them so far. A change builds on earlier changes of its batch, which no other thread may see before
/// the commit. Rooms that had to be loaded are kept for the rest of the batch. Writer's thread only.
/// </summary>
internal sealed class BatchSnapshots(BatchRows rows, UndoLog undo, IRoomSnapshots committed, IStore store)
{
    private readonly Dictionary<string, RoomSnapshot> _rooms = new(StringComparer.Ordinal);

    /// <summary>The rooms whose version the batch has raised, those of undone jobs included. Null if there are none. A new set for each batch, because others read it.</summary>
    private HashSet<string>? _changed;
    private bool _isNamed;

    /// <summary>The room at <paramref name="version"/>, which must be the one that it has now.</summary>
    public RoomSnapshot At(string roomId, long version)
    {
        var room = rows.Rooms.TryGet(roomId, out var known) && known?.Version == version
            ? known
            : throw new InvalidOperationException($"Room {roomId} is not at version {version}.");
        return InMemory(room) ?? Keep(room.ToSnapshot(store.Members(room.Number)));
    }

    /// <summary>The room if it is in memory as it is now, and not another one or an older version. A new room of this batch is.</summary>
    public RoomSnapshot? InMemory(StoredRoom room)
    {
        var known = _rooms.GetValueOrDefault(room.Id) ?? committed.Peek(room.Id);
        return known is not null && known.Epoch == room.Epoch && known.Version == room.Version ? known : null;
    }

    /// <summary>Called before a room is changed: what its members were is read from the database now, or never.</summary>
    public void Hold(StoredRoom room)
    {
        // A new room, whose members come with it, and one whose members are being changed, which was held before.
        if (_rooms.ContainsKey(room.Id) || rows.IsNew(room.Number)) return;
        Keep(At(room.Id, room.Version));
    }

    /// <summary>The room after a change of meta that raised it to <paramref name="version"/>.</summary>
    public RoomSnapshot Change(string roomId, long version, Func<RoomSnapshot, RoomSnapshot> change) => KeepChanged(change(Before(roomId, version)));

    /// <summary>The room after a change of members that raised it to <paramref name="version"/>.</summary>
    public RoomSnapshot Change(string roomId, long version, MemberChange change, long at) => KeepChanged(Before(roomId, version).With(change, version, at));

    public RoomSnapshot Create(RoomSnapshot room) => KeepChanged(room);

    /// <summary>Call right before the commit: the rooms that the batch has changed must not be read from the database until they are told.</summary>
    public void Commit()
    {
        if (_changed is null) return;
        committed.Committing(_changed);
        _isNamed = true;
    }

    /// <summary>Call after the batch: the committed snapshots have its changes now.</summary>
    public void Clear()
    {
        if (_changed is not null) committed.Told();
        (_changed, _isNamed) = (null, false);
        _rooms.Clear();
    }

    private RoomSnapshot Before(string roomId, long version) => _rooms.TryGetValue(roomId, out var before) && before.Version == version - 1
        ? before
        : throw new InvalidOperationException($"Room {roomId} was changed to version {version} and was not held before.");

    private RoomSnapshot KeepChanged(RoomSnapshot room)
    {
        // Others read the set that was named; where jobs of a batch are committed one by one, the next has one of its own.
        if (_isNamed) (_changed, _isNamed) = (new(_changed!, StringComparer.Ordinal), false);
        (_changed ??= new(StringComparer.Ordinal)).Add(room.Id);
        return Keep(room);
    }

    private RoomSnapshot Keep(RoomSnapshot room)
    {
        var before = _rooms.GetValueOrDefault(room.Id);
        _rooms[room.Id] = room;
        undo.AddBeside(() =>
        {
            if (before is null) _rooms.Remove(room.Id);
            else _rooms[room.Id] = before;
        });
        return room;
    }
}
