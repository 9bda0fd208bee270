using RoomWs.Protocol;
using RoomWs.Server.Model;
using RoomWs.Server.Sessions;
using RoomWs.Server.Transport;
using RoomWs.Server.Wire;

namespace RoomWs.Server.Fanout;

/// <summary>
/// Tells a committed change: to every socket of everyone whom it concerns but the requester's own, which gets its reply in the same
/// breath, so that nothing can overtake it. Called in commit order, by the writer; what it has queued goes out when the writer's batch is told.
/// </summary>
internal sealed class Broadcaster(RoomDirectory directory, ConnectionRegistry connections, CursorTicker ticker, SendBatch batch)
{
    /// <summary>The rooms that may have deltas to tell before the batch ends, by their ids.</summary>
    private readonly Dictionary<string, LiveRoom> _behind = new(StringComparer.Ordinal);

    public void Announce(RoomChange change, ClientConnection requester, byte[] reply) => directory.Publish(change.RoomId, change.After, room =>
    {
        // Whoever is no member any more hears nothing that is meant for those who have entered, not even of this change. By the newest
        // version: where a room was read from the database just now, a user whom this change took out may have entered by a later one.
        if (room.Snapshot is { } newest) room.Live?.KeepMembers(newest, batch);
        if (change.Speaker is { } speaker) room.Live?.StopTyping(speaker, batch);
        foreach (var roomEvent in change.Events) Tell(roomEvent, change.After, room, requester);

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
        if (requester.TakesMemberDeltas && roomId is not null && _behind.TryGetValue(roomId, out var room))
        {
            lock (room.Gate) TellDelta(room.Untold, requester);
        }

        requester.Reply(reply, batch);
    }

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

    private void Tell(RoomEvent roomEvent, RoomSnapshot? after, LiveRoom room, ClientConnection requester)
    {
        var message = roomEvent.Message;
        if (message.Type == MessageTypes.RoomMembersUpdated && after is { Change: not null })
        {
            TellMembers(roomEvent.UserIds!, message, after, room, requester);
            return;
        }

        // Changes of members that come in a row become one delta. Nothing but the names of those who came and went goes past it.
        if (message.Type is not (MessageTypes.RoomMemberJoined or MessageTypes.RoomMemberLeft or MessageTypes.RoomJoinApproved)) room.TellDeltas(connections, batch);
        if (roomEvent.UserIds is { } userIds) Tell(userIds, message, room, requester);
        else room.Live?.Tell(message, requester, batch);
    }

    private void Tell(IReadOnlyList<string> userIds, OutboundMessage message, LiveRoom room, ClientConnection requester)
    {
        var isWhole = message.Type == MessageTypes.RoomMembersUpdated;
        foreach (var userId in userIds)
        {
            foreach (var connection in connections.Of(userId))
            {
                if (!ReferenceEquals(connection, requester)) connection.Send(message, isWhole ? Shown(room, connection, userId) : null, batch);
            }
        }
    }

    private void TellMembers(IReadOnlyList<string> userIds, OutboundMessage message, RoomSnapshot after, LiveRoom room, ClientConnection requester)
    {
        var deltas = room.Untold ??= new MemberDeltas();
        _behind[after.Id] = room;

        // The reply is about this change alone, so what came before it comes before it; but who came or went by it had no list or needs none.
        if (requester.TakesMemberDeltas && !after.Change!.Moved(requester.Caller!.UserId)) TellDelta(deltas, requester);
        deltas.Add(after);
        deltas.Skip(requester);
        foreach (var userId in userIds)
        {
            foreach (var connection in connections.Of(userId))
            {
                if (ReferenceEquals(connection, requester)) continue;
                if (!connection.TakesMemberDeltas) connection.Send(message, Shown(room, connection, userId), batch);
                // Whoever was removed must not hear of what comes behind it.
                else if (userId == after.Change!.Removed) TellDelta(deltas, connection);
            }
        }
    }

    /// <summary>
    /// All that older lists of the same room held is in a newer one; so of those that wait for a socket only the newest is sent. Not where
    /// deltas may be waiting between them, which fit the older one alone; nor for one who is out, who has to learn it though the next list may
    /// have it in again, for its sockets have left the room.
    /// </summary>
    private static LiveRoom? Shown(LiveRoom room, ClientConnection connection, string userId) =>
        connection.TakesMemberDeltas || room.Snapshot?.RoleOf(userId) is null ? null : room;

    private void TellDelta(MemberDeltas? deltas, ClientConnection connection)
    {
        if (deltas?.Take(connection) is { } delta) connection.Send(delta, shows: null, batch);
    }

    private void TellDeltas()
    {
        foreach (var room in _behind.Values)
        {
            lock (room.Gate) room.TellDeltas(connections, batch);
        }

        _behind.Clear();
    }
}
