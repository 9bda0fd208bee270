using System.Collections.Concurrent;
using RoomWs.Server.Model;
using RoomWs.Server.Storage;

namespace RoomWs.Server.Fanout;

/// <summary>
/// The rooms in use, at their last committed version. Follows the commits. A room that it does not hold is read from the database when it is
/// asked for, and dropped after <see cref="MaxUnused"/> without a request. May be used from any thread; only the broadcaster publishes.
/// </summary>
internal sealed class RoomDirectory(ReadConnections reads, TimeProvider time) : IRoomSnapshots
{
    private static readonly TimeSpan MaxUnused = TimeSpan.FromMinutes(1);

    private readonly ConcurrentDictionary<string, LiveRoom> _rooms = new(StringComparer.Ordinal);

    public int Count => _rooms.Count;

    /// <summary>The number of memberships in all rooms it holds: a user who is a member of two rooms counts twice.</summary>
    public long MemberCount => _rooms.Sum(entry => (long)(entry.Value.Snapshot?.MemberCount ?? 0));

    public RoomSnapshot? Peek(string roomId) => InUse(roomId)?.Snapshot;

    /// <summary>The room if it is in use; null otherwise. Never calls the database. A room that a socket has entered is always in use.</summary>
    public LiveRoom? InUse(string roomId) => _rooms.GetValueOrDefault(roomId);

    /// <summary>The room and its last committed version. Null if there is no such room. May read the database: never call it under a gate.</summary>
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

    /// <summary>Takes in the room after a committed change, null if the change deleted it, and calls <paramref name="tell"/> under the room's gate.</summary>
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
                // A reader may have loaded a later commit of the same batch already. Never go back to an older version.
                else if (room.Snapshot is not { } present || present.Version < after.Version) room.Snapshot = after;
                tell(room);
                if (after is null || room.Live is { IsEmpty: true }) EndLiveLocked(room);
                return;
            }
        }
    }

    /// <summary>Drops the rooms that were not asked for lately.</summary>
    public void DropUnused()
    {
        foreach (var (roomId, room) in _rooms)
        {
            if (time.GetElapsedTime(room.LastUsed) < MaxUnused) continue;
            lock (room.Gate)
            {
                if (room is { Retired: false, Live: null, PendingDeltas: null }) RetireLocked(roomId, room);
            }
        }
    }

    /// <summary>Reads the room. False if this object was retired meanwhile; then the caller has to ask the directory again.</summary>
    private bool TryLoad(string roomId, LiveRoom room, out RoomView? view)
    {
        view = null;
        lock (room.Loading)
        {
            // Read without the gate, so that the broadcaster never waits for the database. If it publishes meanwhile, its version wins below.
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
