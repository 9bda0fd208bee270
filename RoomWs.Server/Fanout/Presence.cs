using System.Collections.Concurrent;
using System.Threading.Channels;
using Microsoft.Extensions.Logging;
using RoomWs.Protocol.Live;
using RoomWs.Server.Configuration;
using RoomWs.Server.Sessions;
using RoomWs.Server.Storage;
using RoomWs.Server.Transport;
using RoomWs.Server.Wire;

namespace RoomWs.Server.Fanout;

/// <summary>
/// Who is online. A user is online from its first connection until it has had none for <see cref="Grace"/>, so that a reload or a change of
/// network does not show as offline. Came, Went and IsOnline may be called from any thread. Events are sent in the order in which they happened.
/// </summary>
internal sealed partial class Presence : IDisposable
{
    public static readonly TimeSpan Grace = TimeSpan.FromMilliseconds(1_200);

    private readonly ConcurrentDictionary<string, User> _users = new(StringComparer.Ordinal);
    private readonly Channel<Event> _events = Channel.CreateUnbounded<Event>(new UnboundedChannelOptions { SingleReader = true });
    private readonly RoomDirectory _directory;
    private readonly ConnectionRegistry _connections;
    private readonly WriteQueue _writes;
    private readonly int _largestRoom;
    private readonly TimeProvider _time;
    private readonly ILogger<Presence> _logger;
    private volatile bool _isEnded;

    public Presence(RoomDirectory directory, ConnectionRegistry connections, WriteQueue writes, LimitOptions limits, TimeProvider time, ILogger<Presence> logger)
    {
        (_directory, _connections, _writes, _time, _logger) = (directory, connections, writes, time, logger);
        _largestRoom = limits.PresenceMembers == 0 ? int.MaxValue : limits.PresenceMembers;
        _ = TellAsync();
    }

    private sealed class User
    {
        public int Connections { get; set; }

        /// <summary>Runs while the user has no connection and is not offline yet. Null otherwise.</summary>
        public ITimer? Grace { get; set; }

        /// <summary>Set once the user is offline and this object is removed from the table.</summary>
        public bool IsGone { get; set; }
    }

    private sealed record Event(string UserId, string Username, PresenceStatus Status, long At, IReadOnlyList<string> RoomIds);

    public bool IsOnline(string userId) => _users.TryGetValue(userId, out var user) && !user.IsGone;

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
            ITimer? grace = null;
            grace = _time.CreateTimer(_ => EndGrace(userId, username, user, grace!), null, Grace, Timeout.InfiniteTimeSpan);
            user.Grace = grace;
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

        _events.Writer.TryComplete();
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
            EnqueueLocked(userId, username, PresenceStatus.Offline);
            _users.TryRemove(userId, out _);
        }

        grace.Dispose();
    }

    /// <summary>
    /// Has the writer find the user's rooms, in the order of commits: these are the user's rooms at that moment, and each of these
    /// memberships is announced before the event. The writer does not tell the rooms itself, because a fleeting event must not delay a durable change.
    /// Under the user's lock, so that the events of a user keep their order.
    /// </summary>
    private void EnqueueLocked(string userId, string username, PresenceStatus status)
    {
        var at = _time.GetUtcNow().ToUnixTimeMilliseconds();
        List<string> roomIds = [];
        _ = _writes.RunAsync(
            write => roomIds = write.Members.RoomIdsOf(userId, _largestRoom),
            committed: () => _events.Writer.TryWrite(new Event(userId, username, status, at, roomIds)));
    }

    private async Task TellAsync()
    {
        await foreach (var happened in _events.Reader.ReadAllAsync())
        {
            try
            {
                foreach (var roomId in happened.RoomIds) Tell(roomId, happened);
            }
            catch (Exception cause)
            {
                LogFailed(cause, LogText.Quote(happened.UserId));
            }
        }
    }

    private void Tell(string roomId, Event happened)
    {
        // A room that was retired just now has to be found anew.
        while (_directory.Find(roomId) is { Room: { } room })
        {
            var batch = new SendBatch();
            if (!TryTell(room, happened, new RoomPresence(roomId, happened.UserId, happened.Username, happened.Status, happened.At), batch)) continue;
            batch.Start();
            return;
        }
    }

    private bool TryTell(LiveRoom room, Event happened, OutboundMessage presence, SendBatch batch)
    {
        lock (room.Gate)
        {
            if (room.Retired) return false;
            if (room.Snapshot is not { } present || present.RoleOf(happened.UserId) is null) return true;
            // Send pending deltas first: no socket may learn that a user is online before it learns that the user is a member.
            room.TellDeltasLocked(_connections, batch);
            foreach (var userId in present.MemberIds)
            {
                if (userId == happened.UserId) continue;
                foreach (var connection in _connections.Of(userId)) connection.Send(presence.Event, batch);
            }

            return true;
        }
    }

    [LoggerMessage(5001, LogLevel.Error, "The presence of user {User} could not be told")]
    private partial void LogFailed(Exception cause, string? user);
}
