using System.Collections.Concurrent;
using RoomWs.Server.Model;
using RoomWs.Server.Storage;

namespace RoomWs.Server.Fanout;

/// <summary>
/// The rooms in use, at their last committed version. Follows the commits; a room that it does not hold is read from the database
/// when first asked for, and dropped when nobody has asked for a while. May be used from any thread; only the broadcaster publishes.
/// </summary>
internal sealed class RoomDirectory(ReadConnections reads, TimeProvider time)
{
    private static readonly TimeSpan KeptUnused = TimeSpan.FromMinutes(1);

    private readonly ConcurrentDictionary<string, LiveRoom> _rooms = new(StringComparer.Ordinal);

    public int Count => _rooms.Count;

    /// <summary>Of all the rooms that it holds; whoever is in two counts twice.</summary>
    public long MemberCount => _rooms.Sum(entry => (long)(entry.Value.Snapshot?.MemberCount ?? 0));

    /// <summary>The last committed version if it is at hand; asks no database.</summary>
    public RoomSnapshot? Peek(string roomId) => _rooms.TryGetValue(roomId, out var room) ? room.Snapshot : null;

    /// <summary>The room and its last committed version; null where there is none of that id.</summary>
    public RoomView? Find(string roomId)
    {
        while (true)
        {
            var room = _rooms.GetOrAdd(roomId, static _ => new LiveRoom());
            room.LastUsed = time.GetTimestamp();
            if (room.Snapshot is { } present) return new RoomView(room, present);

            // The load holds the gate: a commit that comes meanwhile is published behind it, never overwritten by it.
            lock (room.Gate)
            {
                if (room.Retired) continue;
                room.Snapshot ??= reads.Read(scope => scope.Loader.Load(roomId));
                if (room.Snapshot is { } loaded) return new RoomView(room, loaded);
                Retire(roomId, room);
                return null;
            }
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
                if (after is null) Retire(roomId, room);
                // A reader may have loaded a later commit of the same batch already; nobody is to be taken back from there.
                else if (room.Snapshot is not { } present || present.Version < after.Version) room.Snapshot = after;
                tell(room);
                if (after is null || room.Live is { IsEmpty: true }) EndLive(room);
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
                if (room is { Retired: false, Live: null, Untold: null }) Retire(roomId, room);
            }
        }
    }

    private static void EndLive(LiveRoom room)
    {
        room.Live?.Clear();
        room.Live = null;
    }

    private void Retire(string roomId, LiveRoom room)
    {
        room.Retired = true;
        room.Snapshot = null;
        _rooms.TryRemove(new KeyValuePair<string, LiveRoom>(roomId, room));
    }
}
