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

/// <summary>A user has come or gone.</summary>
/// <param name="UserId">The user.</param>
/// <param name="Username">Its name at that time.</param>
/// <param name="Status">Which of the two.</param>
/// <param name="At">When, in Unix milliseconds.</param>
internal sealed record PresenceEvent(string UserId, string Username, PresenceStatus Status, long At);

/// <summary>
/// Tells the rooms of a user that it has come or gone, one event after the other, on a thread of the pool: a fleeting event must not delay a durable change.
/// All may be called from any thread.
/// </summary>
internal sealed partial class PresenceTeller : IDisposable
{
    private readonly Channel<PresenceEvent> _events = Channel.CreateUnbounded<PresenceEvent>(new UnboundedChannelOptions { SingleReader = true });

    /// <summary>The users whose ONLINE was told last. Changed right before an event is told, by the one thread that tells.</summary>
    private readonly ConcurrentDictionary<string, byte> _shown = new(StringComparer.Ordinal);
    private readonly RoomDirectory _directory;
    private readonly LocalMembers _members;
    private readonly ConnectionRegistry _connections;
    private readonly ReadConnections _reads;
    private readonly WriteQueue _writes;
    private readonly int _largestRoom;
    private readonly ILogger<PresenceTeller> _logger;
    private volatile bool _isEnded;

    public PresenceTeller(RoomDirectory directory, LocalMembers members, ConnectionRegistry connections, ReadConnections reads, WriteQueue writes, LimitOptions limits, ILogger<PresenceTeller> logger)
    {
        (_directory, _members, _connections, _reads, _writes, _logger) = (directory, members, connections, reads, writes, logger);
        _largestRoom = limits.PresenceMembers == 0 ? int.MaxValue : limits.PresenceMembers;
        _ = RunAsync();
    }

    /// <summary>
    /// Whether a user is shown as online. This is what was told last, or is being told, and not what is so: called under the gate of a room, it is never older
    /// than what was told there. To itself a user is always online, because its own presence is not told to it.
    /// </summary>
    /// <param name="userId">The user.</param>
    /// <param name="to">The user who is shown it.</param>
    public bool IsShownOnline(string userId, string to) => userId == to || _shown.ContainsKey(userId);

    public void Enqueue(PresenceEvent happened) => _events.Writer.TryWrite(happened);

    /// <summary>Ends it. What is not told yet is dropped: all clients are gone.</summary>
    public void Dispose()
    {
        _isEnded = true;
        _events.Writer.TryComplete();
    }

    private async Task RunAsync()
    {
        await foreach (var happened in _events.Reader.ReadAllAsync())
        {
            if (_isEnded) return;
            if (happened.Status == PresenceStatus.Online) _shown.TryAdd(happened.UserId, 0);
            else _shown.TryRemove(happened.UserId, out _);
            foreach (var roomId in RoomsOf(happened)) await TellAsync(roomId, happened);
        }
    }

    /// <summary>
    /// The rooms to tell it in. Read after the user is shown as it is: whoever was shown the user otherwise in a room before is told there, even if the user
    /// became a member of it only just now.
    /// </summary>
    private List<string> RoomsOf(PresenceEvent happened)
    {
        try
        {
            return _reads.Read(read => read.Members.RoomIdsOf(happened.UserId, _largestRoom));
        }
        catch (Exception cause)
        {
            NoteFault(cause, happened);
            return [];
        }
    }

    private async ValueTask TellAsync(string roomId, PresenceEvent happened)
    {
        try
        {
            while (!TryTell(roomId, happened)) await _writes.Gap.RunAsync(static () => { });
        }
        catch (Exception cause)
        {
            // The other rooms are told all the same.
            NoteFault(cause, happened);
        }
    }

    /// <summary>False if a change of the room has to be told first.</summary>
    private bool TryTell(string roomId, PresenceEvent happened)
    {
        using var batch = new SendBatch();
        while (_directory.TryFind(roomId, out var view))
        {
            // A room that was retired just now has to be found anew.
            if (view is null || TryTell(roomId, view.Room, happened, new RoomPresence(roomId, happened.UserId, happened.Username, happened.Status, happened.At), batch)) return true;
        }

        return false;
    }

    private bool TryTell(string roomId, LiveRoom room, PresenceEvent happened, OutboundMessage presence, SendBatch batch)
    {
        using (room.Gate.Enter())
        {
            if (room.Retired) return false;
            if (room.Snapshot is not { } present || present.RoleOf(happened.UserId) is null) return true;
            room.CountPresenceToldLocked();
            // Send pending deltas first: no socket may learn that a user is online before it learns that the user is a member.
            room.TellDeltasLocked(_members, _connections, batch);
            foreach (var user in _members.Of(roomId))
            {
                if (user.Id == happened.UserId) continue;
                foreach (var connection in _connections.Of(user.Id)) connection.Send(presence.Event, batch);
            }

            return true;
        }
    }

    private void NoteFault(Exception cause, PresenceEvent happened)
    {
        // At the end nothing can be read any more, and there is nobody to tell.
        if (!_isEnded) LogFailed(cause, LogText.Quote(happened.UserId));
    }

    [LoggerMessage(5001, LogLevel.Error, "The presence of user {User} could not be told")]
    private partial void LogFailed(Exception cause, string? user);
}
