using RoomWs.Protocol.Live;
using RoomWs.Server.Model;
using RoomWs.Server.Sessions;
using RoomWs.Server.Transport;
using RoomWs.Server.Wire;

namespace RoomWs.Server.Fanout;

/// <summary>
/// What is fleeting about a room: the sockets that have entered it, their cursors, and who is typing. Held in memory only, and only while at
/// least one socket has entered. Under the room's gate.
/// </summary>
internal sealed class LiveState(string roomId, RoomEntries entries)
{
    private readonly HashSet<ClientConnection> _entered = [];
    private readonly Dictionary<string, CursorAt> _cursors = new(StringComparer.Ordinal);
    private readonly Dictionary<string, Typist> _typists = new(StringComparer.Ordinal);
    private readonly HashSet<string> _moved = new(StringComparer.Ordinal);
    private readonly HashSet<string> _gone = new(StringComparer.Ordinal);

    private RoomSnapshot? _membersSeen;

    private sealed record CursorAt(Cursor Cursor, ClientConnection Of);

    /// <summary>A user who is typing. The object is also the coalesce key of the messages about it: a slow reader needs only the last of them.</summary>
    private sealed class Typist(string username, ClientConnection first)
    {
        public string Username => username;

        /// <summary>The socket that began, and so was not told that the user types. Null once it was shown so by a ROOM_STATE.</summary>
        public ClientConnection? NotTold { get; set; } = first;

        /// <summary>The user's sockets that type, each with the timer that ends its part.</summary>
        public Dictionary<ClientConnection, ITimer> Ends { get; } = [];
    }

    /// <summary>Whether the room is on the ticker's list for the next tick.</summary>
    public bool IsDue { get; set; }

    /// <summary>Whether there are cursors that moved or are gone and were not told to the others yet.</summary>
    public bool HasNews => _moved.Count > 0 || _gone.Count > 0;

    public bool IsEmpty => _entered.Count == 0;

    public IReadOnlyList<Cursor> Cursors => [.. _cursors.Values.Select(at => at.Cursor)];

    public IReadOnlyList<TypingUser> Typing => [.. _typists.Select(typist => new TypingUser(typist.Key, typist.Value.Username))];

    public bool Has(ClientConnection connection) => _entered.Contains(connection);

    /// <summary>Adds a socket. The next tick tells all cursors again, because a move may have been under way at that moment.</summary>
    public void Enter(ClientConnection connection)
    {
        // The ROOM_STATE that follows shows who is typing, so this socket must hear the end of it.
        if (_typists.TryGetValue(connection.Caller!.UserId, out var typist) && ReferenceEquals(typist.NotTold, connection)) typist.NotTold = null;
        if (!_entered.Add(connection)) return;
        entries.Add(connection, roomId);
        _moved.UnionWith(_cursors.Keys);
    }

    /// <summary>Removes a socket, with the cursor it moved and the typing it reported.</summary>
    public void Exit(ClientConnection connection, SendBatch batch)
    {
        if (!_entered.Remove(connection)) return;

        var userId = connection.Caller!.UserId;
        if (_cursors.TryGetValue(userId, out var cursor) && ReferenceEquals(cursor.Of, connection))
        {
            _cursors.Remove(userId);
            _moved.Remove(userId);
            _gone.Add(userId);
        }

        StopTyping(connection, batch);
    }

    /// <summary>Removes the sockets of users who are no longer members.</summary>
    public void KeepMembers(RoomSnapshot room, SendBatch batch)
    {
        if (ReferenceEquals(_membersSeen, room)) return;
        _membersSeen = room;
        foreach (var connection in _entered.Where(connection => room.RoleOf(connection.Caller!.UserId) is null).ToList())
        {
            entries.Remove(connection, roomId);
            Exit(connection, batch);
        }
    }

    public void Move(ClientConnection connection, double x, double y, long now)
    {
        var userId = connection.Caller!.UserId;
        _cursors[userId] = new CursorAt(new Cursor(userId, x, y, now), connection);
        _moved.Add(userId);
        _gone.Remove(userId);
    }

    /// <summary>Notes that a user types on this socket until the timer ends it. Tells the others only if the user was not typing before.</summary>
    public void StartTyping(ClientConnection connection, ITimer end, SendBatch batch)
    {
        var caller = connection.Caller!;
        if (!_typists.TryGetValue(caller.UserId, out var typist))
        {
            typist = new Typist(caller.Username, connection);
            _typists[caller.UserId] = typist;
            Tell(new RoomTyping(roomId, caller.UserId, caller.Username, Typing: true), connection, batch, typist);
        }

        if (typist.Ends.Remove(connection, out var before)) before.Dispose();
        typist.Ends[connection] = end;
    }

    /// <summary>Notes that a user does not type on this socket any more. Tells the others if it types on none.</summary>
    public void StopTyping(ClientConnection connection, SendBatch batch)
    {
        var userId = connection.Caller!.UserId;
        if (!_typists.TryGetValue(userId, out var typist) || !typist.Ends.Remove(connection, out var end)) return;
        if (typist.Ends.Count == 0) StopTyping(userId, batch);
        end.Dispose();
    }

    /// <summary>Ends a user's typing on all its sockets. Each socket that was told of it, or shown it, is told of its end.</summary>
    public void StopTyping(string userId, SendBatch batch)
    {
        if (!_typists.Remove(userId, out var typist)) return;
        Tell(new RoomTyping(roomId, userId, typist.Username, Typing: false), typist.NotTold, batch, typist);
        foreach (var end in typist.Ends.Values) end.Dispose();
    }

    /// <summary>Called when a typing timer is due. Does nothing if a newer ROOM_TYPING of its socket has replaced the timer.</summary>
    public void EndTyping(ClientConnection connection, ITimer end, SendBatch batch)
    {
        if (_typists.TryGetValue(connection.Caller!.UserId, out var typist) && typist.Ends.TryGetValue(connection, out var present) && ReferenceEquals(present, end)) StopTyping(connection, batch);
    }

    /// <summary>Sends an event of a change to all sockets that have entered, except the requester's.</summary>
    public void Tell(RoomEvent roomEvent, ClientConnection requester, SendBatch batch)
    {
        foreach (var connection in _entered)
        {
            if (ReferenceEquals(connection, requester)) continue;
            connection.Send(roomEvent.Message, coalesceKey: null, batch);
            if (roomEvent.Mark is { } mark) connection.SeenBoards.Take(mark);
        }
    }

    /// <summary>Sends a message to all sockets that have entered, except one.</summary>
    /// <param name="message">The message.</param>
    /// <param name="butTo">The socket that does not get it. Null to send it to all.</param>
    /// <param name="batch">The send batch that it goes out with.</param>
    /// <param name="coalesceKey">The message replaces an older one with the same key that still waits for a socket. Null for none.</param>
    public void Tell(OutboundMessage message, ClientConnection? butTo, SendBatch batch, object? coalesceKey = null)
    {
        foreach (var connection in _entered)
        {
            if (!ReferenceEquals(connection, butTo)) connection.Send(message, coalesceKey, batch);
        }
    }

    /// <summary>Tells the cursors that moved or are gone since the last tick to all other sockets.</summary>
    public void TellCursors(SendBatch batch)
    {
        IsDue = false;
        if (!HasNews) return;

        try
        {
            var frames = new CursorFrames(roomId, _moved.Select(userId => _cursors[userId].Cursor), _gone);
            foreach (var connection in _entered)
            {
                var userId = connection.Caller!.UserId;
                // Only the socket that moves the cursor does not get it. The user's other sockets do.
                var isMover = _moved.Contains(userId) && ReferenceEquals(_cursors[userId].Of, connection);
                if (frames.For(isMover ? userId : null) is { } news) connection.Send(news, coalesceKey: _cursors, batch);
            }
        }
        finally
        {
            // What cannot be told now cannot be told with the next moves either, and would keep those from being told.
            _moved.Clear();
            _gone.Clear();
        }
    }

    /// <summary>Drops everything: the room is gone, or no socket has entered it any more.</summary>
    public void Clear()
    {
        foreach (var connection in _entered) entries.Remove(connection, roomId);
        foreach (var end in _typists.Values.SelectMany(typist => typist.Ends.Values)) end.Dispose();
        _typists.Clear();
        _entered.Clear();
        _cursors.Clear();
        _moved.Clear();
        _gone.Clear();
    }
}
