using RoomWs.Protocol.Live;
using RoomWs.Server.Model;
using RoomWs.Server.Sessions;
using RoomWs.Server.Transport;
using RoomWs.Server.Wire;

namespace RoomWs.Server.Fanout;

/// <summary>Who is typing in a room, on whatever socket of whatever node. It is told when it begins on the first and when it ends on the last. Under the room's gate.</summary>
/// <param name="roomId">The room.</param>
/// <param name="entered">The sockets that have entered it.</param>
internal sealed class Typists(string roomId, HashSet<ClientConnection> entered)
{
    private readonly Dictionary<string, Typist> _typists = new(StringComparer.Ordinal);

    /// <summary>A user who is typing. The object is also the coalesce key of the messages about it: a slow reader needs only the last of them.</summary>
    private sealed class Typist(string username)
    {
        public string Username => username;

        /// <summary>The socket that began, and so was not told that the user types. Null once it was shown so by a ROOM_STATE.</summary>
        public ClientConnection? NotTold { get; set; }

        /// <summary>The user's sockets that type, each with the timer that ends its part.</summary>
        public Dictionary<ClientConnection, ITimer> Ends { get; } = [];

        /// <summary>The other nodes where the user types. Null if there are none.</summary>
        public HashSet<string>? Elsewhere { get; set; }

        public bool IsOver => Ends.Count == 0 && Elsewhere is not { Count: > 0 };
    }

    public IReadOnlyList<TypingUser> All => [.. _typists.Select(typist => new TypingUser(typist.Key, typist.Value.Username))];

    /// <summary>Those who type on sockets of this node.</summary>
    public IEnumerable<TypingUser> Own => _typists.Where(typist => typist.Value.Ends.Count > 0).Select(typist => new TypingUser(typist.Key, typist.Value.Username));

    /// <summary>The users who type on sockets of another node.</summary>
    public IEnumerable<string> Of(string node) => _typists.Where(typist => typist.Value.Elsewhere?.Contains(node) == true).Select(typist => typist.Key);

    /// <summary>A ROOM_STATE shows this socket who is typing, so it must hear the end of it.</summary>
    public void Show(ClientConnection connection)
    {
        if (_typists.TryGetValue(connection.Caller!.UserId, out var typist) && ReferenceEquals(typist.NotTold, connection)) typist.NotTold = null;
    }

    /// <summary>Notes that a user types on this socket until the timer ends it. Tells the others only if the user was not typing before.</summary>
    /// <returns>Whether the user was not typing on this node before.</returns>
    public bool Start(ClientConnection connection, ITimer end, SendBatch batch)
    {
        var caller = connection.Caller!;
        var typist = Typing(caller.UserId, caller.Username, connection, batch);
        var isFirst = typist.Ends.Count == 0;
        if (typist.Ends.Remove(connection, out var before)) before.Dispose();
        typist.Ends[connection] = end;
        return isFirst;
    }

    /// <summary>Notes that a user does not type on this socket any more. Tells the others if it types on none.</summary>
    /// <returns>Whether the user has stopped typing on this node.</returns>
    public bool Stop(ClientConnection connection, SendBatch batch)
    {
        var userId = connection.Caller!.UserId;
        if (!_typists.TryGetValue(userId, out var typist) || !typist.Ends.Remove(connection, out var end)) return false;
        if (typist.IsOver) StopAll(userId, batch);
        end.Dispose();
        return typist.Ends.Count == 0;
    }

    /// <summary>Ends a user's typing on all its sockets, those of other nodes too. Each socket that was told of it, or shown it, is told of its end.</summary>
    /// <returns>Whether the user was typing on this node.</returns>
    public bool StopAll(string userId, SendBatch batch)
    {
        if (!_typists.Remove(userId, out var typist)) return false;
        Tell(new RoomTyping(roomId, userId, typist.Username, Typing: false), typist, typist.NotTold, batch);
        foreach (var end in typist.Ends.Values) end.Dispose();
        return typist.Ends.Count > 0;
    }

    /// <summary>Whether a timer is the one that ends the typing on this socket, and not one that a newer ROOM_TYPING has replaced.</summary>
    public bool IsEnd(ClientConnection connection, ITimer end) =>
        _typists.TryGetValue(connection.Caller!.UserId, out var typist) && typist.Ends.TryGetValue(connection, out var present) && ReferenceEquals(present, end);

    /// <summary>A user types on another node.</summary>
    public void StartElsewhere(string node, string userId, string username, SendBatch batch) =>
        (Typing(userId, username, first: null, batch).Elsewhere ??= new(StringComparer.Ordinal)).Add(node);

    /// <summary>A user does not type on another node any more.</summary>
    public void StopElsewhere(string node, string userId, SendBatch batch)
    {
        if (_typists.TryGetValue(userId, out var typist) && typist.Elsewhere?.Remove(node) == true && typist.IsOver) StopAll(userId, batch);
    }

    /// <summary>Ends the typing of who is no member. None of them types on this node.</summary>
    public void KeepMembers(RoomSnapshot room, SendBatch batch)
    {
        foreach (var userId in _typists.Keys.Where(userId => room.RoleOf(userId) is null).ToList()) StopAll(userId, batch);
    }

    public void Clear()
    {
        foreach (var end in _typists.Values.SelectMany(typist => typist.Ends.Values)) end.Dispose();
        _typists.Clear();
    }

    private Typist Typing(string userId, string username, ClientConnection? first, SendBatch batch)
    {
        if (_typists.TryGetValue(userId, out var typist)) return typist;
        typist = new Typist(username) { NotTold = first };
        _typists[userId] = typist;
        Tell(new RoomTyping(roomId, userId, username, Typing: true), typist, first, batch);
        return typist;
    }

    private void Tell(OutboundMessage message, Typist typist, ClientConnection? butTo, SendBatch batch)
    {
        foreach (var connection in entered)
        {
            if (!ReferenceEquals(connection, butTo)) connection.Send(message, coalesceKey: typist, batch);
        }
    }
}
