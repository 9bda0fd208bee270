using System.Collections.Concurrent;
using System.Threading.Channels;
using Microsoft.Extensions.Logging;
using RoomWs.Protocol.Live;
using RoomWs.Server.Broadcasting;
using RoomWs.Server.Configuration;
using RoomWs.Server.Storage;
using RoomWs.Server.Transport;

namespace RoomWs.Server.Live;

/// <summary>
/// Who is there. A user is online from its first connection until it has had none for a moment, so that a reload or a change of
/// network is no absence. Came and Went may be called from any thread; the events leave in the order in which they happened.
/// </summary>
internal sealed partial class Presence : IDisposable
{
    public static readonly TimeSpan Grace = TimeSpan.FromMilliseconds(1_200);

    /// <summary>So many events share one question about rooms.</summary>
    private const int LargestBatch = 256;

    private readonly ConcurrentDictionary<string, User> _users = new(StringComparer.Ordinal);
    private readonly Channel<Event> _events = Channel.CreateUnbounded<Event>(new UnboundedChannelOptions { SingleReader = true });
    private readonly RoomDirectory _directory;
    private readonly ConnectionRegistry _connections;
    private readonly WriteQueue _writes;
    private readonly int _largestRoom;
    private readonly TimeProvider _time;
    private readonly ILogger<Presence> _logger;

    public Presence(RoomDirectory directory, ConnectionRegistry connections, WriteQueue writes, LimitOptions limits, TimeProvider time, ILogger<Presence> logger)
    {
        (_directory, _connections, _writes, _time, _logger) = (directory, connections, writes, time, logger);
        _largestRoom = limits.PresenceMembers == 0 ? int.MaxValue : limits.PresenceMembers;
        _ = TellAsync();
    }

    private sealed class User
    {
        public int Connections { get; set; }

        /// <summary>Runs while the user has no connection and is not offline yet.</summary>
        public ITimer? Grace { get; set; }

        /// <summary>Set once the user is offline and this object out of the table.</summary>
        public bool IsGone { get; set; }
    }

    private sealed record Event(string UserId, string Username, PresenceStatus Status, long At);

    public bool IsOnline(string userId) => _users.ContainsKey(userId);

    /// <summary>A connection of the user is there.</summary>
    public void Came(string userId, string username)
    {
        while (true)
        {
            var user = _users.GetOrAdd(userId, static _ => new User());
            lock (user)
            {
                if (user.IsGone) continue;
                if (++user.Connections > 1) return;
                if (user.Grace is null) Enqueue(userId, username, PresenceStatus.Online);
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
            if (--user.Connections > 0) return;
            ITimer? grace = null;
            grace = _time.CreateTimer(_ => EndGrace(userId, username, user, grace!), null, Grace, Timeout.InfiniteTimeSpan);
            user.Grace = grace;
        }
    }

    public void Dispose() => _events.Writer.TryComplete();

    private void EndGrace(string userId, string username, User user, ITimer grace)
    {
        lock (user)
        {
            // A connection may have come, and even gone again, while this was on its way.
            if (!ReferenceEquals(user.Grace, grace)) return;
            user.Grace = null;
            user.IsGone = true;
            _users.TryRemove(userId, out _);
            Enqueue(userId, username, PresenceStatus.Offline);
        }

        grace.Dispose();
    }

    private void Enqueue(string userId, string username, PresenceStatus status) =>
        _events.Writer.TryWrite(new Event(userId, username, status, _time.GetUtcNow().ToUnixTimeMilliseconds()));

    private async Task TellAsync()
    {
        while (await _events.Reader.WaitToReadAsync())
        {
            try
            {
                var happened = new List<(Event Event, List<string> RoomIds)>();
                while (happened.Count < LargestBatch && _events.Reader.TryRead(out var next)) happened.Add((next, []));

                // By the writer, and so in the order of commits: nobody hears of a room's presence before it has heard of the room.
                await _writes.RunAsync(write =>
                {
                    foreach (var (next, roomIds) in happened) roomIds.AddRange(write.Members.RoomIdsOf(next.UserId, _largestRoom));
                });
                foreach (var (next, roomIds) in happened)
                {
                    foreach (var roomId in roomIds) Tell(roomId, next);
                }
            }
            catch (Exception cause)
            {
                LogFailed(cause);
            }
        }
    }

    private void Tell(string roomId, Event happened)
    {
        if (_directory.Find(roomId) is not { Room: { } room }) return;
        OutboundMessage presence = new RoomPresence(roomId, happened.UserId, happened.Username, happened.Status, happened.At);
        lock (room.Gate)
        {
            if (room.Snapshot is not { } present || present.RoleOf(happened.UserId) is null) return;
            foreach (var userId in present.MemberIds)
            {
                if (userId == happened.UserId) continue;
                foreach (var connection in _connections.Of(userId)) connection.Send(presence.Event);
            }
        }
    }

    [LoggerMessage(5001, LogLevel.Error, "Who came or went could not be told")]
    private partial void LogFailed(Exception cause);
}
