using RoomWs.Protocol.Live;
using RoomWs.Server.Model;
using RoomWs.Server.Sessions;
using RoomWs.Server.Transport;

namespace RoomWs.Server.Fanout;

/// <summary>
/// Where the cursors of a room are: one of each user, where the socket is that moved it last, on whatever node. Of two moves the one with the higher number is the later, and
/// of the same number that of the greater node. So all nodes come to the same, in whatever order they hear of them. Under the room's gate.
/// </summary>
/// <param name="roomId">The room.</param>
/// <param name="entered">The sockets that have entered it.</param>
internal sealed class CursorPlaces(string roomId, HashSet<ClientConnection> entered)
{
    /// <summary>A move is on its way to another node no longer than this.</summary>
    private static readonly TimeSpan LongestWay = TimeSpan.FromSeconds(10);

    private readonly Dictionary<string, Place> _places = new(StringComparer.Ordinal);
    private readonly HashSet<string> _moved = new(StringComparer.Ordinal);
    private readonly HashSet<string> _gone = new(StringComparer.Ordinal);

    /// <summary>The moves that ended, of users who have no cursor now: what is still on its way of them, or of earlier ones, comes to nothing.</summary>
    private readonly Dictionary<string, Move> _ended = new(StringComparer.Ordinal);

    private int _endedToSweep = 64;

    /// <summary>Tells a move from all others.</summary>
    private readonly record struct Move(long Number, string Node)
    {
        public bool IsAfter(Move other) => Number > other.Number || (Number == other.Number && string.CompareOrdinal(Node, other.Node) > 0);
    }

    /// <summary>The cursor of a user.</summary>
    /// <param name="Cursor">Where it is.</param>
    /// <param name="Move">The move that brought it there.</param>
    /// <param name="Of">The socket that moved it. Null where that is on another node.</param>
    private sealed record Place(Cursor Cursor, Move Move, ClientConnection? Of);

    /// <summary>Whether there are cursors that moved or are gone and were not told to the others yet.</summary>
    public bool HasNews => _moved.Count > 0 || _gone.Count > 0;

    public IReadOnlyList<Cursor> All => [.. _places.Values.Select(place => place.Cursor)];

    /// <summary>The moves that have ended, as far as that may be news to another node.</summary>
    public IEnumerable<(string UserId, long Number, string Node)> Ended => _ended.Select(at => (at.Key, at.Value.Number, at.Value.Node));

    /// <summary>Those that were moved by sockets of this node, with the numbers of their moves.</summary>
    public IEnumerable<(Cursor Cursor, long Number)> Own => _places.Values.Where(place => place.Of is not null).Select(place => (place.Cursor, place.Move.Number));

    /// <summary>The users whose cursors were moved by sockets of another node.</summary>
    public IEnumerable<string> Of(string node) => _places.Where(at => at.Value.Of is null && at.Value.Move.Node == node).Select(at => at.Key);

    /// <summary>Has the next tick tell all again.</summary>
    public void TellAgain() => _moved.UnionWith(_places.Keys);

    /// <summary>A socket of this node moves the cursor of its user.</summary>
    public void Put(ClientConnection connection, Cursor cursor, long number, string node) => Put(new Place(cursor, new Move(number, node), connection));

    /// <summary>A socket of another node has moved the cursor of its user.</summary>
    public void PutElsewhere(string node, Cursor cursor, long number)
    {
        var move = new Move(number, node);
        if (_places.TryGetValue(cursor.UserId, out var place) && !move.IsAfter(place.Move)) return;
        if (_ended.TryGetValue(cursor.UserId, out var ended) && !move.IsAfter(ended)) return;
        Put(new Place(cursor, move, null));
    }

    /// <summary>A socket of this node is out of the room.</summary>
    /// <param name="connection">The socket.</param>
    /// <param name="isShared">Whether other nodes have the room entered.</param>
    /// <returns>The number of its move, if it was the one that moved the cursor of its user last.</returns>
    public long? End(ClientConnection connection, bool isShared)
    {
        var userId = connection.Caller!.UserId;
        if (!_places.TryGetValue(userId, out var place) || !ReferenceEquals(place.Of, connection)) return null;
        Drop(userId);
        if (isShared) Note(userId, place.Move);
        return place.Move.Number;
    }

    /// <summary>A socket of a node that has moved the cursor of its user is out of the room.</summary>
    public void End(string node, string userId, long number)
    {
        var move = new Move(number, node);
        if (_places.TryGetValue(userId, out var place))
        {
            if (place.Move.IsAfter(move)) return;
            Drop(userId);
        }

        if (!_ended.TryGetValue(userId, out var ended) || move.IsAfter(ended)) Note(userId, move);
    }

    /// <summary>What another node has said of a user's cursor does not hold any more.</summary>
    public void Forget(string node, string userId)
    {
        if (_places.TryGetValue(userId, out var place) && place.Of is null && place.Move.Node == node) Drop(userId);
    }

    /// <summary>Drops the cursors of who is no member, that sockets of other nodes have moved.</summary>
    public void KeepMembers(RoomSnapshot room)
    {
        foreach (var userId in _places.Where(at => at.Value.Of is null && room.RoleOf(at.Key) is null).Select(at => at.Key).ToList()) Drop(userId);
    }

    /// <summary>Tells the cursors that moved or are gone since the last tick to all other sockets.</summary>
    public void Tell(SendBatch batch)
    {
        if (!HasNews) return;
        try
        {
            var frames = new CursorFrames(roomId, _moved.Select(userId => _places[userId].Cursor), _gone);
            foreach (var connection in entered)
            {
                var userId = connection.Caller!.UserId;
                // Only the socket that moves the cursor does not get it. The user's other sockets do.
                var isMover = _moved.Contains(userId) && ReferenceEquals(_places[userId].Of, connection);
                if (frames.For(isMover ? userId : null) is { } news) connection.Send(news, coalesceKey: _places, batch);
            }
        }
        finally
        {
            // What cannot be told now cannot be told with the next moves either, and would keep those from being told.
            _moved.Clear();
            _gone.Clear();
        }
    }

    public void Clear()
    {
        _places.Clear();
        _moved.Clear();
        _gone.Clear();
        _ended.Clear();
    }

    private void Put(Place place)
    {
        var userId = place.Cursor.UserId;
        _places[userId] = place;
        _moved.Add(userId);
        _gone.Remove(userId);
        _ended.Remove(userId);
    }

    private void Drop(string userId)
    {
        _places.Remove(userId);
        _moved.Remove(userId);
        _gone.Add(userId);
    }

    private void Note(string userId, Move move)
    {
        _ended[userId] = move;
        if (_ended.Count < _endedToSweep) return;
        var past = move.Number - LongestWay.Ticks;
        foreach (var old in _ended.Where(at => at.Value.Number < past).Select(at => at.Key).ToList()) _ended.Remove(old);
        _endedToSweep = Math.Max(64, 2 * _ended.Count);
    }
}
