using RoomWs.Protocol.Live;
using RoomWs.Server.Storage.Batch;

namespace RoomWs.Server.Fanout;

/// <summary>
/// The users who are on this node, and which of them are still to be written as they are. May be used from any thread; its lock is held for a few instructions, or for
/// as many as there are users to write, and nothing is taken under it.
/// </summary>
internal sealed class LocalPresence
{
    private readonly Lock _gate = new();
    private readonly Dictionary<string, User> _users = new(StringComparer.Ordinal);

    /// <summary>Who has gone, and when that is to be written.</summary>
    private readonly Queue<(long At, string UserId)> _going = [];

    private Writing _next = new();
    private Writing? _current;

    /// <summary>When something is to be written next; in the past where it is to be written now.</summary>
    public long DueAt
    {
        get
        {
            lock (_gate) return _next.UserIds.Count > 0 ? 0 : _going.TryPeek(out var first) ? first.At : long.MaxValue;
        }
    }

    public bool Has(string userId)
    {
        lock (_gate) return _users.ContainsKey(userId);
    }

    /// <summary>Takes in what has become of a user. Returns whether that is the first thing there is to write.</summary>
    public bool Change(string userId, string username, int connections, PresenceEvent? turn, long goneAt)
    {
        lock (_gate)
        {
            if (!_users.TryGetValue(userId, out var user)) _users.Add(userId, user = new User());
            (user.Username, user.Connections) = (username, connections);
            if (turn is not null) (user.At, user.IsHere) = (turn.At, turn.Status == PresenceStatus.Online);
            if (!user.IsHere)
            {
                _going.Enqueue((goneAt, userId));
                return _going.Count == 1;
            }

            return _next.UserIds.Add(userId) && _next.UserIds.Count == 1;
        }
    }

    /// <summary>A user of a node that is gone is this one's. Its row says so already.</summary>
    public void TakeOver(PresentUser taken)
    {
        lock (_gate)
        {
            if (!_users.TryGetValue(taken.UserId, out var user)) _users.Add(taken.UserId, user = new User { Username = taken.Username });
            user.IsHere = true;
        }
    }

    /// <summary>All are to be written, for nobody knows what is.</summary>
    public void MarkAll()
    {
        lock (_gate) _next.UserIds.UnionWith(_users.Where(user => user.Value.IsHere).Select(user => user.Key));
    }

    /// <summary>The users to write, as they are now. Null if there are none.</summary>
    public List<NodeUser>? Take(long now)
    {
        lock (_gate)
        {
            while (_going.TryPeek(out var first) && first.At <= now) _next.UserIds.Add(_going.Dequeue().UserId);
            if (_next.UserIds.Count == 0) return null;
            (_current, _next) = (_next, new Writing());
            List<NodeUser> users = [.. _current.UserIds.Where(_users.ContainsKey).Select(StateLocked).OrderBy(user => user.At)];
            _current.Gone.AddRange(users.Where(user => user.Connections is null).Select(user => user.UserId));
            return users;
        }
    }

    /// <summary>Those who were taken are written.</summary>
    /// <param name="again">When those who are gone are to be written again. Null if they are written, too.</param>
    public void Written(long? again)
    {
        lock (_gate)
        {
            foreach (var userId in _current!.Gone)
            {
                // It may have come back meanwhile.
                if (_users[userId].IsHere) continue;
                if (again is { } at) _going.Enqueue((at, userId));
                else _users.Remove(userId);
            }

            EndLocked();
        }
    }

    /// <summary>Nothing could be written just now. What became of those who were taken nobody knows.</summary>
    public void NotWritten()
    {
        lock (_gate)
        {
            var failed = _next;
            _next = new Writing();
            _next.UserIds.UnionWith(failed.UserIds);
            if (_current is not null) _next.UserIds.UnionWith(_current.UserIds);
            // Nobody waits through an outage.
            failed.Done.SetResult();
            EndLocked();
        }
    }

    /// <summary>Ends when what has become of the user so far is written, or could not be.</summary>
    public Task WrittenAsync(string userId)
    {
        lock (_gate)
        {
            var writing = _next.UserIds.Contains(userId) ? _next : _current?.UserIds.Contains(userId) == true ? _current : null;
            return writing?.Done.Task ?? Task.CompletedTask;
        }
    }

    private NodeUser StateLocked(string userId)
    {
        var user = _users[userId];
        return new NodeUser(userId, user.Username, user.IsHere ? user.Connections : null, user.At);
    }

    private void EndLocked()
    {
        _current?.Done.SetResult();
        _current = null;
    }

    private sealed class User
    {
        public string Username { get; set; } = "";

        public int Connections { get; set; }

        /// <summary>When it came or went.</summary>
        public long At { get; set; }

        /// <summary>False once its grace is over, until that is written.</summary>
        public bool IsHere { get; set; }
    }

    /// <summary>Users who are written together.</summary>
    private sealed class Writing
    {
        public HashSet<string> UserIds { get; } = new(StringComparer.Ordinal);

        /// <summary>Those of them who were gone when they were taken.</summary>
        public List<string> Gone { get; } = [];

        public TaskCompletionSource Done { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);
    }
}
