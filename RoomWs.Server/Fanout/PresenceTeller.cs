using Microsoft.Extensions.Logging;
using RoomWs.Protocol.Live;
using RoomWs.Server.Configuration;
using RoomWs.Server.Sessions;
using RoomWs.Server.Storage;
using RoomWs.Server.Transport;
using RoomWs.Server.Wire;

namespace RoomWs.Server.Fanout;

/// <summary>
/// Tells the rooms of users that these have come or gone, on a thread of the pool: a fleeting event must not delay a durable change. What waits is told together, by
/// one look at the database and one turn in each room. All may be called from any thread.
/// </summary>
internal sealed partial class PresenceTeller : IDisposable
{
    /// <summary>Maximum number of users whose rooms are read at a time.</summary>
    private const int MaxUsers = 1_000;

    /// <summary>Between two tries to reach the database.</summary>
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(100);

    private readonly PresenceInbox _inbox;
    private readonly ShownUsers _shown;
    private readonly RoomDirectory _directory;
    private readonly LocalMembers _members;
    private readonly ConnectionRegistry _connections;
    private readonly ReadConnections _reads;
    private readonly WriteQueue _writes;
    private readonly int _largestRoom;
    private readonly TimeProvider _time;
    private readonly ILogger<PresenceTeller> _logger;
    private long _loadedAt = long.MinValue;
    private volatile bool _isEnded;

    public PresenceTeller(PresenceInbox inbox, ShownUsers shown, RoomDirectory directory, LocalMembers members, ConnectionRegistry connections, ReadConnections reads, WriteQueue writes, LimitOptions limits, TimeProvider time, ILogger<PresenceTeller> logger)
    {
        (_inbox, _shown, _directory, _members, _connections, _reads, _writes, _time, _logger) = (inbox, shown, directory, members, connections, reads, writes, time, logger);
        _largestRoom = limits.PresenceMembers == 0 ? int.MaxValue : limits.PresenceMembers;
    }

    /// <summary>
    /// Whether a user is shown as online. This is what was told last, or is being told, and not what is so: called under the gate of a room, it is never older
    /// than what was told there. To itself a user is always online, because its own presence is not told to it.
    /// </summary>
    /// <param name="userId">The user.</param>
    /// <param name="to">The user who is shown it.</param>
    public bool IsShownOnline(string userId, string to) => userId == to || _shown.Contains(userId);

    /// <summary>Begins. Where the inbox has a beginning anew as its first, who is online is known when this returns, if the database can be read.</summary>
    public void Begin() => _ = RunAsync();

    /// <summary>Ends it. What is not told yet is dropped: all clients are gone.</summary>
    public void Dispose()
    {
        _isEnded = true;
        _inbox.Close();
    }

    private async Task RunAsync()
    {
        while (await _inbox.WaitAsync())
        {
            var happened = _inbox.TryBeginAnew() ? await LoadAsync() : _inbox.Take();
            // All are shown as they are before the first is told: what is told next is promised by a reply that is queued before it.
            happened.RemoveAll(one => one.Position <= _loadedAt || !_shown.Take(one));
            foreach (var some in happened.Chunk(MaxUsers)) await TellAsync([.. some]);
            if (_isEnded) return;
        }
    }

    /// <summary>Reads who is online at a place in the feed. What comes before that place is known with it. Gives what is new by it.</summary>
    private async Task<List<PresenceEvent>> LoadAsync()
    {
        try
        {
            var (position, present) = await ReadAsync(read => (read.Rooms.Position(), read.Presence.All()));
            if (present is null) return [];
            _loadedAt = position;
            return [.. _shown.Missing(present, _time.GetUtcNow().ToUnixTimeMilliseconds())];
        }
        catch (Exception cause)
        {
            NoteFault(cause, []);
            return [];
        }
    }

    private async Task TellAsync(List<PresenceEvent> happened)
    {
        // A node that starts has nobody to tell. Who comes from here on is shown them as they are now.
        if (_members.IsEmpty) return;
        var ofRooms = new Dictionary<string, List<PresenceEvent>>(StringComparer.Ordinal);
        foreach (var (roomId, one) in await RoomsAsync(happened))
        {
            if (_members.Of(roomId).IsEmpty) continue;
            if (!ofRooms.TryGetValue(roomId, out var ofRoom)) ofRooms.Add(roomId, ofRoom = []);
            ofRoom.Add(one);
        }

        foreach (var (roomId, ofRoom) in ofRooms) await TellAsync(roomId, ofRoom);
    }

    /// <summary>
    /// The rooms to tell it in, in the order of the events. Read after the users are shown as they are: whoever was shown one of them otherwise in a room before is told
    /// there, even if the user became a member of it only just now.
    /// </summary>
    private async Task<List<(string RoomId, PresenceEvent Happened)>> RoomsAsync(List<PresenceEvent> happened)
    {
        try
        {
            var rooms = await ReadAsync(read => happened is [var only]
                ? read.Members.RoomIdsOf(only.UserId, _largestRoom).ConvertAll(roomId => (only.UserId, RoomId: roomId))
                : read.Members.RoomIdsOf(happened.ConvertAll(one => one.UserId), _largestRoom));
            var byUser = (rooms ?? []).ToLookup(room => room.UserId, room => room.RoomId, StringComparer.Ordinal);
            return [.. happened.SelectMany(one => byUser[one.UserId].Select(roomId => (roomId, one)))];
        }
        catch (Exception cause)
        {
            NoteFault(cause, happened);
            return [];
        }
    }

    private async Task TellAsync(string roomId, List<PresenceEvent> happened)
    {
        while (!_isEnded)
        {
            try
            {
                if (TryTell(roomId, happened)) return;
                // A change of the room has to be told first.
                await _writes.CatchUpAsync();
            }
            catch (StorageException)
            {
                await WaitAsync();
            }
            catch (Exception cause)
            {
                // The other rooms are told all the same.
                NoteFault(cause, happened);
                return;
            }
        }
    }

    /// <summary>False if a change of the room has to be told first.</summary>
    private bool TryTell(string roomId, List<PresenceEvent> happened)
    {
        using var batch = new SendBatch();
        while (_directory.TryFind(roomId, out var view))
        {
            // A room that was retired just now has to be found anew.
            if (view is null || TryTell(roomId, view.Room, happened, batch)) return true;
        }

        return false;
    }

    private bool TryTell(string roomId, LiveRoom room, List<PresenceEvent> happened, SendBatch batch)
    {
        using (room.Gate.Enter())
        {
            if (room.Retired) return false;
            if (room.Snapshot is not { } present || !happened.Exists(one => present.RoleOf(one.UserId) is not null)) return true;
            room.CountPresenceToldLocked();
            // Send pending deltas first: no socket may learn that a user is online before it learns that the user is a member.
            room.TellDeltasLocked(_members, _connections, batch);
            foreach (var one in happened)
            {
                if (present.RoleOf(one.UserId) is not null) TellLocked(new RoomPresence(roomId, one.UserId, one.Username, one.Status, one.At), batch);
            }

            return true;
        }
    }

    private void TellLocked(RoomPresence presence, SendBatch batch)
    {
        OutboundMessage message = presence;
        foreach (var user in _members.Of(presence.RoomId))
        {
            if (user.Id == presence.UserId) continue;
            foreach (var connection in _connections.Of(user.Id)) connection.Send(message.Event, batch);
        }
    }

    /// <summary>Reads, and waits for the database where it is away, for as long as it takes. The default at the end.</summary>
    private async Task<T?> ReadAsync<T>(Func<Repositories, T> read)
    {
        while (!_isEnded)
        {
            try
            {
                return _reads.Read(read);
            }
            catch (StorageException)
            {
                // The outage is logged.
                await WaitAsync();
            }
        }

        return default;
    }

    private async Task WaitAsync()
    {
        await _reads.ReadyAsync();
        // Reads may be refused for as long as it is away.
        await Task.Delay(Pause);
    }

    private void NoteFault(Exception cause, List<PresenceEvent> happened)
    {
        // At the end nothing can be read any more, and there is nobody to tell.
        if (!_isEnded) LogFailed(cause, LogText.Quote(happened.Count > 0 ? happened[0].UserId : null), happened.Count);
    }

    [LoggerMessage(5001, LogLevel.Error, "The presence of user {User} could not be told, with those of the {Count} who came and went at that time")]
    private partial void LogFailed(Exception cause, string? user, int count);
}
