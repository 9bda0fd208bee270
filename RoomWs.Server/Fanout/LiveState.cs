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

    /// <summary>A user who is typing.</summary>
    /// <param name="Username">The user's name.</param>
    /// <param name="Of">The socket that reported it.</param>
    /// <param name="End">The timer that ends the typing.</param>
    /// <param name="CoalesceKey">The key of the messages about this typing: a slow reader needs only the last of them.</param>
    private sealed record Typist(string Username, ClientConnection Of, ITimer End, object CoalesceKey);

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

        if (_typists.TryGetValue(userId, out var typist) && ReferenceEquals(typist.Of, connection)) StopTyping(userId, batch);
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

    /// <summary>Notes that a user is typing until the timer ends it. Tells the others only if the user was not typing before.</summary>
    public void StartTyping(ClientConnection connection, ITimer end, SendBatch batch)
    {
        var caller = connection.Caller!;
        var coalesceKey = new object();
        if (_typists.Remove(caller.UserId, out var before))
        {
            before.End.Dispose();
            coalesceKey = before.CoalesceKey;
        }
        else
        {
            Tell(new RoomTyping(roomId, caller.UserId, caller.Username, Typing: true), connection, batch, coalesceKey);
        }

        _typists[caller.UserId] = new Typist(caller.Username, connection, end, coalesceKey);
    }

    public void StopTyping(string userId, SendBatch batch)
    {
        if (!_typists.Remove(userId, out var typist)) return;
        typist.End.Dispose();
        Tell(new RoomTyping(roomId, userId, typist.Username, Typing: false), typist.Of, batch, typist.CoalesceKey);
    }

    /// <summary>Called when a typing timer is due. Does nothing if a newer ROOM_TYPING has replaced the timer.</summary>
    public void EndTyping(string userId, ITimer end, SendBatch batch)
    {
        if (_typists.TryGetValue(userId, out var typist) && ReferenceEquals(typist.End, end)) StopTyping(userId, batch);
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

        var frames = new CursorFrames(roomId, _moved.Select(userId => _cursors[userId].Cursor), _gone);
        foreach (var connection in _entered)
        {
            var userId = connection.Caller!.UserId;
            // Only the socket that moves the cursor does not get it. The user's other sockets do.
            var isMover = _moved.Contains(userId) && ReferenceEquals(_cursors[userId].Of, connection);
            if (frames.For(isMover ? userId : null) is { } news) connection.Send(news, coalesceKey: _cursors, batch);
        }

        _moved.Clear();
        _gone.Clear();
    }

    /// <summary>Drops everything: the room is gone, or no socket has entered it any more.</summary>
    public void Clear()
    {
        foreach (var connection in _entered) entries.Remove(connection, roomId);
        foreach (var typist in _typists.Values) typist.End.Dispose();
        _typists.Clear();
        _entered.Clear();
        _cursors.Clear();
        _moved.Clear();
        _gone.Clear();
    }
}
