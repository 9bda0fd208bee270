using System.Collections.Concurrent;
using RoomWs.Protocol.Live;
using RoomWs.Server.Storage;
using RoomWs.Server.Transport;

namespace RoomWs.Server.Fanout;

/// <summary>
/// Who is online. A user is online from its first connection until it has had none for <see cref="Grace"/>, so that a reload or a change of
/// network does not show as offline. Where many come back at once, the end of it waits for those who had come by then. All may be called from any
/// thread. Events are sent in the order in which they happened.
/// </summary>
internal sealed class Presence : IDisposable
{
    public static readonly TimeSpan Grace = TimeSpan.FromMilliseconds(1_200);

    /// <summary>Between two looks whether those who came are in.</summary>
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(100);

    private readonly ConcurrentDictionary<string, User> _users = new(StringComparer.Ordinal);

    private readonly PresenceTeller _teller;
    private readonly IPresenceSink _sink;
    private readonly ComingClients _coming;
    private readonly Alarms _alarms;
    private readonly TimeProvider _time;
    private volatile bool _isEnded;

    public Presence(PresenceTeller teller, IPresenceSink sink, ComingClients coming, Alarms alarms, TimeProvider time)
    {
        (_teller, _sink, _coming, _alarms, _time) = (teller, sink, coming, alarms, time);
        _teller.Begin();
        _sink.Begin(TakeOver);
    }

    private sealed class User
    {
        public int Connections { get; set; }

        /// <summary>Runs while the user has no connection and is not offline yet. Null otherwise.</summary>
        public ITimer? Grace { get; set; }

        /// <summary>When the grace was due, while it waits for those who had come by then. Null before.</summary>
        public ComingClients.Moment? Due { get; set; }

        /// <summary>Set once the user is offline and this object is removed from the table.</summary>
        public bool IsGone { get; set; }
    }

    /// <inheritdoc cref="PresenceTeller.IsShownOnline"/>
    public bool IsShownOnline(string userId, string to) => _teller.IsShownOnline(userId, to);

    /// <inheritdoc cref="IPresenceSink.Elsewhere"/>
    public Elsewhere Elsewhere(Repositories read, string userId) => _sink.Elsewhere(read, userId);

    /// <inheritdoc cref="IPresenceSink.WrittenAsync"/>
    public Task WrittenAsync(string userId) => _sink.WrittenAsync(userId);

    /// <summary>A connection got the user's identity.</summary>
    public void Came(string userId, string username)
    {
        while (true)
        {
            var user = _users.GetOrAdd(userId, static _ => new User());
            lock (user)
            {
                if (user.IsGone) continue;
                var isFirst = ++user.Connections == 1;
                if (_isEnded) return;
                ChangedLocked(userId, username, user, isFirst && user.Grace is null ? PresenceStatus.Online : null);
                user.Grace?.Dispose();
                user.Grace = null;
                return;
            }
        }
    }

    /// <summary>A connection of the user has ended.</summary>
    public void Went(string userId, string username)
    {
        if (!_users.TryGetValue(userId, out var user)) return;
        lock (user)
        {
            user.Connections--;
            if (_isEnded) return;
            ChangedLocked(userId, username, user, turn: null);
            if (user.Connections == 0) SetGraceLocked(userId, username, user);
        }
    }

    /// <summary>Ends presence. Stops all grace timers, because a timer that ended later would call a writer that is disposed.</summary>
    public void Dispose()
    {
        _isEnded = true;
        foreach (var user in _users.Values)
        {
            lock (user)
            {
                user.Grace?.Dispose();
                user.Grace = null;
            }
        }

        _sink.Dispose();
        _teller.Dispose();
    }

    /// <summary>A user who was on a node that is gone has a grace here to come back, like one whose last connection has just ended.</summary>
    private void TakeOver(string userId, string username)
    {
        while (true)
        {
            var user = _users.GetOrAdd(userId, static _ => new User());
            lock (user)
            {
                if (user.IsGone) continue;
                if (user.Connections == 0 && user.Grace is null && !_isEnded) SetGraceLocked(userId, username, user);
                return;
            }
        }
    }

    private void SetGraceLocked(string userId, string username, User user) =>
        (user.Grace, user.Due) = (_alarms.Set(due => EndGrace(userId, username, user, due), Grace), null);

    private void EndGrace(string userId, string username, User user, ITimer grace)
    {
        lock (user)
        {
            // A connection may have come, and even gone again, since this timer was due.
            if (!ReferenceEquals(user.Grace, grace)) return;
            user.Due ??= _coming.Now();
            if (!_coming.AreOver(user.Due.Value))
            {
                // The user may be among them. Whoever came in time was never gone.
                grace.Change(Pause, Timeout.InfiniteTimeSpan);
                return;
            }

            user.Grace = null;
            user.IsGone = true;
            // It stays in the table until OFFLINE is on its way: a connection that comes back, and Dispose, find it there and wait for the lock.
            try
            {
                ChangedLocked(userId, username, user, PresenceStatus.Offline);
            }
            finally
            {
                _users.TryRemove(userId, out _);
            }
        }

        grace.Dispose();
    }

    /// <summary>Under the user's lock, so that what happens to a user keeps its order.</summary>
    private void ChangedLocked(string userId, string username, User user, PresenceStatus? turn) => _sink.Changed(
        userId,
        username,
        user.Connections,
        turn is { } status ? new PresenceEvent(userId, username, status, _time.GetUtcNow().ToUnixTimeMilliseconds()) : null);
}
