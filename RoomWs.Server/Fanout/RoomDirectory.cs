using System.Collections.Concurrent;
using RoomWs.Server.Model;
using RoomWs.Server.Storage;

namespace RoomWs.Server.Fanout;

/// <summary>
/// The rooms in use, at their last committed version. Follows the commits; a room that it does not hold is read from the database
/// when first asked for, and dropped when nobody has asked for a while. May be used from any thread; only the broadcaster publishes.
/// </summary>
internal sealed class RoomDirectory(ReadConnections reads, TimeProvider time) : IRoomSnapshots
{
    private static readonly TimeSpan KeptUnused = TimeSpan.FromMinutes(1);

    private readonly ConcurrentDictionary<string, LiveRoom> _rooms = new(StringComparer.Ordinal);

    public int Count => _rooms.Count;

    /// <summary>Of all the rooms that it holds; whoever is in two counts twice.</summary>
    public long MemberCount => _rooms.Sum(entry => (long)(entry.Value.Snapshot?.MemberCount ?? 0));

    public RoomSnapshot? Peek(string roomId) => InUse(roomId)?.Snapshot;

    /// <summary>The room if it is in use; asks no database. A room that a socket has entered is always in use.</summary>
    public LiveRoom? InUse(string roomId) => _rooms.GetValueOrDefault(roomId);

    /// <summary>The room and its last committed version; null where there is none of that id. May read the database, so no gate may be held.</summary>
    public RoomView? Find(string roomId)
    {
        while (true)
        {
            var room = _rooms.GetOrAdd(roomId, static _ => new LiveRoom());
            room.LastUsed = time.GetTimestamp();
            var told = room.Told;
            if (room.Snapshot is { } present) return new RoomView(room, present, told);
            if (TryLoad(roomId, room, out var view)) return view;
        }
    }

    /// <summary>Takes in a committed change and, under the room's gate, lets it be told.</summary>
    public void Publish(string roomId, RoomSnapshot? after, Action<LiveRoom> tell)
    {
        while (true)
        {
            var room = _rooms.GetOrAdd(roomId, static _ => new LiveRoom());
            room.LastUsed = time.GetTimestamp();
            lock (room.Gate)
            {
                if (room.Retired) continue;
                if (after is null) RetireLocked(roomId, room);
                // A reader may have loaded a later commit of the same batch already; nobody is to be taken back from there.
                else if (room.Snapshot is not { } present || present.Version < after.Version) room.Snapshot = after;
                tell(room);
                if (after is null || room.Live is { IsEmpty: true }) EndLiveLocked(room);
                return;
            }
        }
    }

    /// <summary>Drops the rooms that nobody has asked for lately.</summary>
    public void DropUnused()
    {
        foreach (var (roomId, room) in _rooms)
        {
            if (time.GetElapsedTime(room.LastUsed) < KeptUnused) continue;
            lock (room.Gate)
            {
                if (room is { Retired: false, Live: null, PendingDeltas: null }) RetireLocked(roomId, room);
            }
        }
    }

    /// <summary>Reads the room. False where this object is out of the directory meanwhile, and has to be asked for anew.</summary>
    private bool TryLoad(string roomId, LiveRoom room, out RoomView? view)
    {
        view = null;
        lock (room.Loading)
        {
            // Without the gate: whoever tells a commit meanwhile does not wait for the database, and what it tells is not overwritten below.
            var loaded = room.Snapshot is null ? reads.Read(read => read.Loader.Load(roomId)) : null;
            lock (room.Gate)
            {
                if (room.Retired) return false;
                if ((room.Snapshot ??= loaded) is { } present) view = new RoomView(room, present, room.Told);
                else RetireLocked(roomId, room);
                return true;
            }
        }
    }

    private static void EndLiveLocked(LiveRoom room)
    {
        room.Live?.Clear();
        room.Live = null;
    }

    private void RetireLocked(string roomId, LiveRoom room)
    {
        room.Retired = true;
        room.Snapshot = null;
        _rooms.TryRemove(new KeyValuePair<string, LiveRoom>(roomId, room));
    }
}
