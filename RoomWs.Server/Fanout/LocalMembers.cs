using System.Runtime.InteropServices;
using RoomWs.Server.Model;

namespace RoomWs.Server.Fanout;

/// <summary>
/// For each room the members who have connections to this node, so that nobody has to walk over all its members to tell them something. It follows the
/// commits: the broadcaster keeps it up under the room's gate, and users come in by <see cref="LocalUsers"/>. May be used from any thread; its lock is held
/// for a few instructions, or for as many as a user has rooms, and nothing is taken under it.
/// </summary>
internal sealed class LocalMembers
{
    private readonly Lock _gate = new();
    private readonly Dictionary<string, LocalUser> _users = new(StringComparer.Ordinal);
    private readonly Dictionary<string, LocalRoom> _rooms = new(StringComparer.Ordinal);

    /// <summary>The users whose rooms are being read.</summary>
    private readonly HashSet<LocalUser> _unread = [];

    /// <summary>Whether no user has a connection to this node.</summary>
    public bool IsEmpty
    {
        get
        {
            lock (_gate) return _users.Count == 0;
        }
    }

    /// <summary>The room's members at this moment. What is behind the span never changes.</summary>
    public ReadOnlySpan<LocalUser> Of(string roomId)
    {
        lock (_gate) return _rooms.TryGetValue(roomId, out var room) ? room.Lend() : [];
    }

    /// <summary>Whether a user is a member who is connected here, and whose rooms are read.</summary>
    public bool Has(string roomId, string userId)
    {
        lock (_gate) return _rooms.TryGetValue(roomId, out var room) && _users.TryGetValue(userId, out var user) && user.Rooms.Contains(room);
    }

    /// <summary>Lets in those who became members by the change that made this version: all of them if it made the room. Called before that is told.</summary>
    public void Join(RoomSnapshot after) => Join(after.Id, after.Change is { } change ? change.Added : [.. after.Members]);

    /// <summary>Lets in those who became members. Called before that is told.</summary>
    public void Join(string roomId, IReadOnlyList<Member> members)
    {
        lock (_gate)
        {
            foreach (var member in members) JoinLocked(roomId, member.UserId);
        }
    }

    /// <summary>Takes out a user who is no longer a member. Called once that is told.</summary>
    public void Leave(string roomId, string userId)
    {
        lock (_gate)
        {
            if (!_users.TryGetValue(userId, out var user)) return;
            user.Moved?.Add(roomId);
            if (_rooms.TryGetValue(roomId, out var room) && user.Rooms.Remove(room)) RemoveLocked(room, user);
        }
    }

    /// <summary>The room is deleted. Called once that is told.</summary>
    public void End(string roomId)
    {
        lock (_gate)
        {
            foreach (var user in _unread) user.Moved!.Add(roomId);
            if (!_rooms.Remove(roomId, out var room)) return;
            foreach (var user in room.Lend()) user.Rooms.Remove(room);
        }
    }

    /// <summary>Counts a connection of a user. From here on the user gets into the rooms that it joins; into the others with <see cref="Take"/>.</summary>
    public LocalUser Add(string userId)
    {
        lock (_gate)
        {
            ref var user = ref CollectionsMarshal.GetValueRefOrAddDefault(_users, userId, out _);
            if (user is null) _unread.Add(user = new LocalUser(userId));
            user.Connections++;
            return user;
        }
    }

    /// <summary>The read of a user's rooms, which is to be begun by whoever needs it first.</summary>
    public Lazy<Task> Reading(LocalUser user, Func<LocalUser, Task> read)
    {
        lock (_gate) return user.Reading ??= new Lazy<Task>(() => read(user));
    }

    /// <summary>The user's rooms could not be read: its next connection tries again.</summary>
    public void NotRead(LocalUser user)
    {
        lock (_gate) user.Reading = null;
    }

    /// <summary>
    /// Takes in the rooms that were read of a user, as they were at a place in the order of commits behind <see cref="Add"/>. Where the user has joined or
    /// left since, that is newer.
    /// </summary>
    public void Take(LocalUser user, IEnumerable<string> roomIds)
    {
        lock (_gate)
        {
            // Its last connection may have ended meanwhile.
            if (!_unread.Remove(user)) return;
            foreach (var roomId in roomIds)
            {
                if (!user.Moved!.Contains(roomId)) AddLocked(roomId, user);
            }

            user.Moved = null;
            user.Rooms.TrimExcess();
        }
    }

    /// <summary>A connection of a user has ended. With the last one the user is out of all rooms.</summary>
    public void Remove(string userId)
    {
        lock (_gate)
        {
            if (!_users.TryGetValue(userId, out var user) || --user.Connections > 0) return;
            _users.Remove(userId);
            _unread.Remove(user);
            foreach (var room in user.Rooms) RemoveLocked(room, user);
        }
    }

    /// <summary>What is known of the rooms of all users is too old. It is read again for whoever comes; those who are here are on their way out.</summary>
    public void Forget()
    {
        lock (_gate)
        {
            _rooms.Clear();
            // What is being read of a user is too old as well, and has nobody to go to.
            _unread.Clear();
            foreach (var user in _users.Values.ToList()) _unread.Add(_users[user.Id] = new LocalUser(user.Id) { Connections = user.Connections });
        }
    }

    private void JoinLocked(string roomId, string userId)
    {
        if (!_users.TryGetValue(userId, out var user)) return;
        user.Moved?.Add(roomId);
        if (!_rooms.TryGetValue(roomId, out var room) || !user.Rooms.Contains(room)) AddLocked(roomId, user);
    }

    private void AddLocked(string roomId, LocalUser user)
    {
        ref var room = ref CollectionsMarshal.GetValueRefOrAddDefault(_rooms, roomId, out _);
        room ??= new LocalRoom(roomId);
        room.Add(user);
        user.Rooms.Add(room);
    }

    private void RemoveLocked(LocalRoom room, LocalUser user)
    {
        room.Remove(user);
        if (room.IsEmpty) _rooms.Remove(room.Id);
    }
}
