using System.Collections.Concurrent;
using RoomWs.Protocol.Live;
using RoomWs.Server.Storage;

namespace RoomWs.Server.Fanout;

/// <summary>
/// Who is online. A user is online from its first connection until it has had none for <see cref="Grace"/>, so that a reload or a change of
/// network does not show as offline. All may be called from any thread. Events are sent in the order in which they happened.
/// </summary>
internal sealed class Presence : IDisposable
{
    public static readonly TimeSpan Grace = TimeSpan.FromMilliseconds(1_200);

    private readonly ConcurrentDictionary<string, User> _users = new(StringComparer.Ordinal);

    private readonly PresenceTeller _teller;
    private readonly WriteQueue _writes;
    private readonly Alarms _alarms;
    private readonly TimeProvider _time;
    private volatile bool _isEnded;

    public Presence(PresenceTeller teller, WriteQueue writes, Alarms alarms, TimeProvider time) =>
        (_teller, _writes, _alarms, _time) = (teller, writes, alarms, time);

    private sealed class User
    {
        public int Connections { get; set; }

        /// <summary>Runs while the user has no connection and is not offline yet. Null otherwise.</summary>
        public ITimer? Grace { get; set; }

        /// <summary>Set once the user is offline and this object is removed from the table.</summary>
        public bool IsGone { get; set; }
    }

    /// <inheritdoc cref="PresenceTeller.IsShownOnline"/>
    public bool IsShownOnline(string userId, string to) => _teller.IsShownOnline(userId, to);

    /// <summary>A connection got the user's identity.</summary>
    public void Came(string userId, string username)
    {
        while (true)
        {
            var user = _users.GetOrAdd(userId, static _ => new User());
            lock (user)
            {
                if (user.IsGone) continue;
                if (++user.Connections > 1 || _isEnded) return;
                if (user.Grace is null) EnqueueLocked(userId, username, PresenceStatus.Online);
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
            if (--user.Connections > 0 || _isEnded) return;
            user.Grace = _alarms.Set(due => EndGrace(userId, username, user, due), Grace);
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

        _teller.Dispose();
    }

    private void EndGrace(string userId, string username, User user, ITimer grace)
    {
        lock (user)
        {
            // A connection may have come, and even gone again, since this timer was due.
            if (!ReferenceEquals(user.Grace, grace)) return;
            user.Grace = null;
            user.IsGone = true;
            // It stays in the table until OFFLINE is enqueued: a connection that comes back, and Dispose, find it there and wait for the lock.
            try
            {
                EnqueueLocked(userId, username, PresenceStatus.Offline);
            }
            finally
            {
                _users.TryRemove(userId, out _);
            }
        }

        grace.Dispose();
    }

    /// <summary>
    /// Has the writer give the event its place in the order of commits: each membership that the user has by then is announced before the event. The writer
    /// does not tell the rooms itself, because a fleeting event must not delay a durable change. Under the user's lock, so that the events of a user
    /// keep their order.
    /// </summary>
    private void EnqueueLocked(string userId, string username, PresenceStatus status)
    {
        var happened = new PresenceEvent(userId, username, status, _time.GetUtcNow().ToUnixTimeMilliseconds());
        _ = _writes.Gap.RunAsync(() => _teller.Enqueue(happened));
    }
}
