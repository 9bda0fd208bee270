using RoomWs.Protocol.Live;
using RoomWs.Server.Model;
using RoomWs.Server.Sessions;
using RoomWs.Server.Transport;

namespace RoomWs.Server.Fanout;

/// <summary>
/// What is fleeting about a room: the sockets that have entered it, their cursors, and who is typing, here and on the other nodes that have the room entered. Held in memory
/// only, and only while at least one socket of this node has entered. Under the room's gate.
/// </summary>
internal sealed class LiveState
{
    private readonly string _roomId;
    private readonly RoomEntries _entries;
    private readonly LiveNews _news;
    private readonly HashSet<ClientConnection> _entered = [];

    /// <summary>The sockets that are about to enter, and wait for what other nodes say of the room.</summary>
    private readonly HashSet<ClientConnection> _entering = [];

    private readonly CursorPlaces _cursors;
    private readonly Typists _typists;
    private readonly NodesInRoom _nodes = new();
    private RoomSnapshot? _membersSeen;

    public LiveState(string roomId, RoomEntries entries, LiveNews news)
    {
        (_roomId, _entries, _news) = (roomId, entries, news);
        (_cursors, _typists) = (new CursorPlaces(roomId, _entered), new Typists(roomId, _entered));
    }

    /// <summary>Whether the room is on the ticker's list for the next tick.</summary>
    public bool IsDue { get; set; }

    /// <summary>Whether there are cursors that moved or are gone and were not told to the others yet.</summary>
    public bool HasNews => _cursors.HasNews;

    public bool IsEmpty => _entered.Count == 0 && _entering.Count == 0;

    public IReadOnlyList<Cursor> Cursors => _cursors.All;

    public IReadOnlyList<TypingUser> Typing => _typists.All;

    /// <summary>Whether the other nodes were asked what is live of the room there.</summary>
    public bool IsAsked => _nodes.IsAsked;

    /// <summary>Ends when all that were asked have said it.</summary>
    public Task Answers => _nodes.Answers;

    public bool Has(ClientConnection connection) => _entered.Contains(connection);

    /// <summary>Notes that a socket is about to enter. Until it has, or its entry is taken away, the room is live for it.</summary>
    public void Expect(ClientConnection connection)
    {
        _entering.Add(connection);
        _entries.Add(connection, _roomId);
    }

    /// <summary>Adds a socket. The next tick tells all cursors again, because a move may have been under way at that moment.</summary>
    public void Enter(ClientConnection connection)
    {
        _typists.Show(connection);
        _entering.Remove(connection);
        if (!_entered.Add(connection)) return;
        _entries.Add(connection, _roomId);
        _cursors.TellAgain();
    }

    /// <summary>Removes a socket, with the cursor it moved and the typing it reported.</summary>
    public void Exit(ClientConnection connection, SendBatch batch)
    {
        _entering.Remove(connection);
        if (!_entered.Remove(connection)) return;
        if (_cursors.End(connection, _nodes.IsShared) is { } number) Say(Ended(connection.Caller!.UserId, number, _news.NodeId));
        StopTyping(connection, batch);
    }

    /// <summary>Removes the sockets of users who are no longer members, and what is known of their sockets elsewhere.</summary>
    public void KeepMembers(RoomSnapshot room, SendBatch batch)
    {
        if (ReferenceEquals(_membersSeen, room)) return;
        _membersSeen = room;
        foreach (var connection in _entered.Concat(_entering).Where(connection => room.RoleOf(connection.Caller!.UserId) is null).ToList())
        {
            _entries.Remove(connection, _roomId);
            Exit(connection, batch);
        }

        _cursors.KeepMembers(room);
        _typists.KeepMembers(room, batch);
    }

    /// <summary>Moves the cursor of a user.</summary>
    /// <param name="connection">The socket that moves it.</param>
    /// <param name="cursor">Where the user's cursor is now.</param>
    /// <param name="number">The number of the move.</param>
    public void Move(ClientConnection connection, Cursor cursor, long number)
    {
        _cursors.Put(connection, cursor, number, _news.NodeId);
        if (_nodes.IsShared) _news.Say(Moved(cursor, number));
    }

    /// <summary>Notes that a user types on this socket until the timer ends it. Tells the others only if the user was not typing before.</summary>
    public void StartTyping(ClientConnection connection, ITimer end, SendBatch batch)
    {
        var caller = connection.Caller!;
        if (_typists.Start(connection, end, batch)) Say(new LiveFact(LiveFactKind.Typing, _roomId, caller.UserId) { Username = caller.Username });
    }

    /// <summary>Notes that a user does not type on this socket any more. Tells the others if it types on none.</summary>
    public void StopTyping(ClientConnection connection, SendBatch batch)
    {
        if (_typists.Stop(connection, batch)) Say(new LiveFact(LiveFactKind.TypingEnded, _roomId, connection.Caller!.UserId));
    }

    /// <summary>Ends a user's typing on all its sockets, on whatever node: those of other nodes do the same where they come to the same change.</summary>
    public void StopTyping(string userId, SendBatch batch)
    {
        if (_typists.StopAll(userId, batch)) Say(new LiveFact(LiveFactKind.TypingEnded, _roomId, userId));
    }

    /// <summary>Called when a typing timer is due. Does nothing if a newer ROOM_TYPING of its socket has replaced the timer.</summary>
    public void EndTyping(ClientConnection connection, ITimer end, SendBatch batch)
    {
        if (_typists.IsEnd(connection, end)) StopTyping(connection, batch);
    }

    /// <summary>Sends an event of a change to all sockets that have entered, except the requester's.</summary>
    public void Tell(RoomEvent roomEvent, ClientConnection? requester, SendBatch batch)
    {
        foreach (var connection in _entered)
        {
            if (ReferenceEquals(connection, requester)) continue;
            connection.Send(roomEvent.Message, coalesceKey: null, batch);
            if (roomEvent.Mark is { } mark) connection.SeenBoards.Take(mark);
        }
    }

    /// <summary>Tells the cursors that moved or are gone since the last tick to all other sockets.</summary>
    public void TellCursors(SendBatch batch)
    {
        IsDue = false;
        _cursors.Tell(batch);
    }

    /// <summary>Asks the other nodes what is live of the room there, and says what is live here.</summary>
    public void Ask() => SayAll(LiveFactKind.Ask);

    /// <summary>Says what is live here to the other nodes, as one that has the room entered.</summary>
    /// <param name="how">Whether the others are to say the same.</param>
    public void SayAll(LiveFactKind how)
    {
        _nodes.IsKnown = true;
        // Until they have answered, they may have it entered, and what comes behind this is for them, too.
        if (how == LiveFactKind.Ask) _nodes.Await(_news.Others);
        _news.Say(new LiveFact(how, _roomId));
        foreach (var (cursor, number) in _cursors.Own) _news.Say(Moved(cursor, number));
        foreach (var (userId, number, node) in _cursors.Ended) _news.Say(Ended(userId, number, node));
        foreach (var typist in _typists.Own) _news.Say(new LiveFact(LiveFactKind.Typing, _roomId, typist.UserId) { Username = typist.Username });
        _news.Say(new LiveFact(LiveFactKind.Full, _roomId));
    }

    /// <summary>Takes what another node says of the room.</summary>
    /// <param name="node">The node.</param>
    /// <param name="fact">What it says.</param>
    /// <param name="members">Who is a member here. Of anybody else nothing is taken.</param>
    /// <param name="batch">The send batch that it is told with.</param>
    public void Hear(string node, LiveFact fact, RoomSnapshot? members, SendBatch batch)
    {
        if (fact.Kind is LiveFactKind.In or LiveFactKind.Ask)
        {
            _nodes.Enter(node, _cursors.Of(node), _typists.Of(node));
            if (fact.Kind == LiveFactKind.Ask) SayAll(LiveFactKind.In);
        }
        else if (fact.Kind == LiveFactKind.Out) Leave(node, batch);
        else if (fact.Kind == LiveFactKind.Full) Forget(node, _nodes.Confirm(node), batch);
        else if (members?.RoleOf(fact.UserId) is not null) HearOfMember(node, fact, batch);
    }

    /// <summary>Another node does not have the room entered, or is gone.</summary>
    public void Leave(string node, SendBatch batch)
    {
        Forget(node, ([.. _cursors.Of(node)], [.. _typists.Of(node)]), batch);
        _nodes.Leave(node);
    }

    /// <summary>Drops everything: the room is gone, or no socket has entered it any more.</summary>
    public void Clear()
    {
        foreach (var connection in _entered.Concat(_entering)) _entries.Remove(connection, _roomId);
        if (_nodes.IsKnown) _news.Say(new LiveFact(LiveFactKind.Out, _roomId));
        _nodes.Clear();
        _typists.Clear();
        _cursors.Clear();
        _entered.Clear();
        _entering.Clear();
    }

    private void HearOfMember(string node, LiveFact fact, SendBatch batch)
    {
        // An end can only take away what is over. Whoever has not heard it from its node, for this had not entered, would show it for ever.
        if (fact.Kind == LiveFactKind.CursorGone) _cursors.End(fact.Node, fact.UserId, fact.Number);
        if (!_nodes.Has(node)) return;
        _nodes.Confirm(node, fact);
        switch (fact.Kind)
        {
            case LiveFactKind.Cursor:
                _cursors.PutElsewhere(node, new Cursor(fact.UserId, fact.X, fact.Y, fact.At), fact.Number);
                break;
            case LiveFactKind.Typing:
                _typists.StartElsewhere(node, fact.UserId, fact.Username, batch);
                break;
            case LiveFactKind.TypingEnded:
                _typists.StopElsewhere(node, fact.UserId, batch);
                break;
        }
    }

    private void Forget(string node, (IReadOnlyCollection<string> Cursors, IReadOnlyCollection<string> Typists) users, SendBatch batch)
    {
        foreach (var userId in users.Cursors) _cursors.Forget(node, userId);
        foreach (var userId in users.Typists) _typists.StopElsewhere(node, userId, batch);
    }

    private void Say(LiveFact fact)
    {
        if (_nodes.IsShared) _news.Say(fact);
    }

    private LiveFact Ended(string userId, long number, string node) => new(LiveFactKind.CursorGone, _roomId, userId) { Number = number, Node = node };

    private LiveFact Moved(Cursor cursor, long number) => new(LiveFactKind.Cursor, _roomId, cursor.UserId) { Number = number, X = cursor.X, Y = cursor.Y, At = cursor.Ts };
}
