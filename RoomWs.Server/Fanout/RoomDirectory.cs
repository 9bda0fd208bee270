using System.Collections.Concurrent;
using RoomWs.Server.Model;
using RoomWs.Server.Storage;

namespace RoomWs.Server.Fanout;

/// <summary>
/// The rooms in use, at their last version that was told. Follows the commits. A room that it does not hold is read from the database when it is
/// asked for, and dropped after <see cref="MaxUnused"/> without a request. May be used from any thread; only the broadcaster publishes.
/// </summary>
internal sealed class RoomDirectory(ReadConnections reads, ToldPosition told, TimeProvider time) : IRoomSnapshots
{
    private static readonly TimeSpan MaxUnused = TimeSpan.FromMinutes(1);

    private readonly ConcurrentDictionary<string, LiveRoom> _rooms = new(StringComparer.Ordinal);

    /// <summary>The rooms of which the database may hold more than was told. Null if there are none.</summary>
    private IReadOnlySet<string>? _committing;

    public int Count => _rooms.Count;

    /// <summary>The number of memberships in all rooms it holds: a user who is a member of two rooms counts twice.</summary>
    public long MemberCount => _rooms.Sum(entry => (long)(entry.Value.Snapshot?.MemberCount ?? 0));

    public RoomSnapshot? Peek(string roomId) => InUse(roomId)?.Snapshot;

    /// <summary>The room if it is in use; null otherwise. Never calls the database. A room that a socket has entered is always in use.</summary>
    public LiveRoom? InUse(string roomId) => _rooms.GetValueOrDefault(roomId);

    /// <summary>Finds the room at its last version that was told. Null if there is no such room. May read the database: never call it under a gate.</summary>
    /// <returns>
    /// False if the room is not in memory and a change of it is committed just now, but not told: what can be read of it is ahead of its events. Ask
    /// again when the writer has told what it has committed, which is before its next job.
    /// </returns>
    public bool TryFind(string roomId, out RoomView? view)
    {
        while (true)
        {
            var room = _rooms.GetOrAdd(roomId, static _ => new LiveRoom());
            room.LastUsed = time.GetTimestamp();
            var (toldChanges, presenceTold) = (room.Told, room.PresenceTold);
            if (room.Snapshot is { } present)
            {
                if (room.IsAhead)
                {
                    view = null;
                    return false;
                }

                view = new RoomView(room, present, toldChanges, presenceTold);
                return true;
            }

            var load = Load(roomId, room, out view);
            if (load != Loading.Retired) return load == Loading.Done;
        }
    }

    public void Committing(IReadOnlySet<string> roomIds) => Volatile.Write(ref _committing, roomIds);

    public void Told() => Volatile.Write(ref _committing, null);

    /// <summary>Takes in the room after a committed change, null if the change deleted it, and calls <paramref name="tell"/> under the room's gate.</summary>
    public void Publish(string roomId, RoomSnapshot? after, Action<LiveRoom> tell)
    {
        while (true)
        {
            var room = _rooms.GetOrAdd(roomId, static _ => new LiveRoom());
            room.LastUsed = time.GetTimestamp();
            using (room.Gate.Enter())
            {
                if (room.Retired) continue;
                if (after is null) RetireLocked(roomId, room);
                // An answer that took its turn among the changes may have shown a later version. Never go back to an older one.
                else if (room.Snapshot is not { } present || present.Version < after.Version) room.Snapshot = after;
                try
                {
                    tell(room);
                }
                finally
                {
                    if (after is null || room.Live is { IsEmpty: true }) EndLiveLocked(room);
                }

                return;
            }
        }
    }

    /// <summary>
    /// Takes in what a change of another node has made of a room, and calls <paramref name="tell"/>: under the room's gate with the room after the change, or with null
    /// where it is not in use. A room that is in use and not in memory stays so, where the change does not say all of it.
    /// </summary>
    /// <param name="news">The change.</param>
    /// <param name="position">Its position.</param>
    /// <param name="tell">Tells the change.</param>
    public void PublishForeign(ForeignNews news, long position, Action<LiveRoom?, RoomSnapshot?> tell)
    {
        var entry = news.Entry;
        while (true)
        {
            // One that comes with all its members is worth keeping: those of this node are told the list.
            var room = news.HasAllMembers ? _rooms.GetOrAdd(entry.RoomId, static _ => new LiveRoom()) : InUse(entry.RoomId);
            if (room is null)
            {
                tell(null, null);
                return;
            }

            using (room.Gate.Enter())
            {
                if (room.Retired) continue;
                var isGone = entry.Version is null;
                var after = isGone ? null : news.After(room.Snapshot);
                if (isGone) RetireLocked(entry.RoomId, room);
                else (room.Snapshot, room.IsAhead) = (after, after?.Version > entry.Version);
                if (after is null) room.ToldAt = position;
                else if (news.HasAllMembers || entry.Members is not null) room.LastUsed = time.GetTimestamp();
                try
                {
                    tell(room, after);
                }
                finally
                {
                    if (isGone || room.Live is { IsEmpty: true }) EndLiveLocked(room);
                }

                return;
            }
        }
    }

    /// <summary>Forgets all rooms: what is in memory has missed changes.</summary>
    public void DropAll()
    {
        foreach (var (roomId, room) in _rooms)
        {
            using (room.Gate.Enter())
            {
                EndLiveLocked(room);
                RetireLocked(roomId, room);
            }
        }
    }

    /// <summary>Drops the rooms that were not asked for lately.</summary>
    public void DropUnused()
    {
        foreach (var (roomId, room) in _rooms)
        {
            if (!IsUnused(room)) continue;
            using (room.Gate.Enter())
            {
                // Somebody may have asked for it meanwhile.
                if (IsUnused(room) && room is { Retired: false, Live: null, PendingDeltas: null }) RetireLocked(roomId, room);
            }
        }
    }

    private bool IsUnused(LiveRoom room) => time.GetElapsedTime(room.LastUsed) >= MaxUnused;

    /// <summary>How the attempt to read a room ended.</summary>
    private enum Loading
    {
        /// <summary>It is there, or there is no such room.</summary>
        Done,

        /// <summary>The object was retired meanwhile: ask the directory again.</summary>
        Retired,

        /// <summary>What was read may be ahead of what was told.</summary>
        Ahead,
    }

    private Loading Load(string roomId, LiveRoom room, out RoomView? view)
    {
        view = null;
        lock (room.Loading)
        {
            // Read without the gate, so that the broadcaster never waits for the database. If it publishes meanwhile, its version wins below.
            var (loaded, position) = room.Snapshot is null ? reads.Read(read => (read.Loader.Load(roomId), read.Rooms.Position())) : default;
            using (room.Gate.Enter())
            {
                if (room.Retired) return Loading.Retired;
                // Looked at after the read: if that saw a commit, the room was on this list before, and is not taken off until the commit is told.
                if (room.Snapshot is null && (Volatile.Read(ref _committing)?.Contains(roomId) == true || told.IsAhead(position) || room.ToldAt > position)) return Loading.Ahead;
                if ((room.Snapshot ??= loaded) is { } present) view = new RoomView(room, present, room.Told, room.PresenceTold);
                else RetireLocked(roomId, room);
                return Loading.Done;
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
