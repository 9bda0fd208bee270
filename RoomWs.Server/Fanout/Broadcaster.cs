using RoomWs.Server.Model;
using RoomWs.Server.Sessions;
using RoomWs.Server.Transport;

namespace RoomWs.Server.Fanout;

/// <summary>
/// Tells a committed change to every socket of everyone whom it concerns. The requester's own socket gets its reply in the same turn, so
/// that nothing can overtake it. Called in commit order, by the writer's thread alone; what it has queued goes out at the end of the batch.
/// </summary>
internal sealed class Broadcaster(RoomDirectory directory, ConnectionRegistry connections, CursorTicker ticker, SendBatch batch)
{
    /// <summary>The rooms that may have deltas to tell before the batch ends, by their ids.</summary>
    private readonly Dictionary<string, LiveRoom> _withDeltas = new(StringComparer.Ordinal);

    public void Announce(RoomChange change, ClientConnection requester, byte[] reply) => directory.Publish(change.RoomId, change.After, room =>
    {
        room.CountTold();
        // Whoever is no member any more hears nothing that is meant for those who have entered, not even of this change. By the newest
        // version: where a room was read from the database just now, a user whom this change took out may have entered by a later one.
        if (room.Snapshot is { } newest) room.Live?.KeepMembers(newest, batch);
        if (change.Speaker is { } speaker) room.Live?.StopTyping(speaker, batch);
        foreach (var roomEvent in change.Events) TellLocked(roomEvent, change.After, room, requester);

        requester.Reply(reply, batch);

        // With a membership that ended its cursor may have gone.
        if (room.Live is { HasNews: true }) ticker.Schedule(room);
    });

    /// <summary>Answers a request that changed nothing, in its turn among those that did.</summary>
    /// <param name="requester">Who asked.</param>
    /// <param name="reply">The reply.</param>
    /// <param name="roomId">The room that it shows, if any.</param>
    public void Reply(ClientConnection requester, byte[] reply, string? roomId = null)
    {
        if (requester.TakesMemberDeltas && roomId is not null && _withDeltas.TryGetValue(roomId, out var room))
        {
            lock (room.Gate) TellDeltaLocked(room.PendingDeltas, requester);
        }

        requester.Reply(reply, batch);
    }

    /// <summary>Shows a room to a socket in its turn among the changes, with all that came before told and nothing that comes behind.</summary>
    /// <param name="snapshot">The room as the running batch had it at this turn.</param>
    /// <param name="requester">Who asked.</param>
    /// <param name="reply">Makes the reply; called under the room's gate.</param>
    public void Show(RoomSnapshot snapshot, ClientConnection requester, Func<LiveRoom, byte[]> reply) => directory.Publish(snapshot.Id, snapshot, room =>
    {
        if (requester.TakesMemberDeltas) TellDeltaLocked(room.PendingDeltas, requester);
        requester.Reply(reply(room), batch);
    });

    /// <summary>From here on, in the order of changes, a socket hears of members by deltas, or does not any more.</summary>
    public void SetMemberDeltas(ClientConnection connection, bool takesThem)
    {
        // It has heard of all up to here in the one way, and hears of all behind it in the other.
        TellDeltas();
        connection.TakesMemberDeltas = takesThem;
    }

    /// <summary>Sends what was told since the last time, and returns to how many sockets.</summary>
    public int EndBatch()
    {
        TellDeltas();
        return batch.Start();
    }

    private void TellLocked(RoomEvent roomEvent, RoomSnapshot? after, LiveRoom room, ClientConnection requester)
    {
        if (roomEvent.Kind == RoomEventKind.MemberList && after is { Change: not null })
        {
            TellMembersLocked(roomEvent, after, room, requester);
            return;
        }

        // Changes of members that come in a row become one delta. Nothing but the names of those who came and went goes past it.
        if (roomEvent.Kind != RoomEventKind.MemberNotice) room.TellDeltas(connections, batch);
        if (roomEvent.UserIds is { } userIds) TellUsersLocked(userIds, roomEvent, room, requester);
        else room.Live?.Tell(roomEvent.Message, requester, batch);
    }

    private void TellUsersLocked(IReadOnlyList<string> userIds, RoomEvent roomEvent, LiveRoom room, ClientConnection requester)
    {
        var isList = roomEvent.Kind == RoomEventKind.MemberList;
        foreach (var userId in userIds)
        {
            foreach (var connection in connections.Of(userId))
            {
                if (!ReferenceEquals(connection, requester)) connection.Send(roomEvent.Message, isList ? CoalesceKey(room, connection, userId) : null, batch);
            }
        }
    }

    private void TellMembersLocked(RoomEvent list, RoomSnapshot after, LiveRoom room, ClientConnection requester)
    {
        var deltas = room.PendingDeltas ??= new MemberDeltas();
        _withDeltas[after.Id] = room;

        // The reply is about this change alone, so what came before it comes before it; but who came or went by it had no list or needs none.
        if (requester.TakesMemberDeltas && !after.Change!.Moved(requester.Caller!.UserId)) TellDeltaLocked(deltas, requester);
        deltas.Add(after);
        deltas.Skip(requester);
        foreach (var userId in list.UserIds!)
        {
            foreach (var connection in connections.Of(userId))
            {
                if (ReferenceEquals(connection, requester)) continue;
                if (!connection.TakesMemberDeltas) connection.Send(list.Message, CoalesceKey(room, connection, userId), batch);
                // Whoever was removed must not hear of what comes behind it.
                else if (userId == after.Change!.Removed) TellDeltaLocked(deltas, connection);
            }
        }
    }

    /// <summary>
    /// What lets a list replace an older one of the same room that still waits for the socket, for it holds all that the older held. None where
    /// deltas may wait between the two, which fit the older one alone; nor for a user who is out, who has to learn it though the next list may
    /// have it in again, for its sockets have left the room.
    /// </summary>
    private static LiveRoom? CoalesceKey(LiveRoom room, ClientConnection connection, string userId) =>
        connection.TakesMemberDeltas || room.Snapshot?.RoleOf(userId) is null ? null : room;

    private void TellDeltaLocked(MemberDeltas? deltas, ClientConnection connection)
    {
        if (deltas?.Take(connection) is { } delta) connection.Send(delta, coalesceKey: null, batch);
    }

    private void TellDeltas()
    {
        foreach (var room in _withDeltas.Values)
        {
            lock (room.Gate) room.TellDeltas(connections, batch);
        }

        _withDeltas.Clear();
    }
}
