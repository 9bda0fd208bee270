using RoomWs.Server.Model;
using RoomWs.Server.Sessions;
using RoomWs.Server.Transport;
using RoomWs.Server.Wire;

namespace RoomWs.Server.Fanout;

/// <summary>
/// Tells a committed change to the sockets of all users it concerns. The requester's own socket gets its reply in the same turn, so that
/// nothing can overtake the reply. Called in commit order. What it queues goes out at the end of the batch. Writer's thread only.
/// </summary>
internal sealed class Broadcaster(RoomDirectory directory, ConnectionRegistry connections, CursorTicker ticker, SendBatch batch)
{
    /// <summary>The rooms that may have pending deltas to send before the batch ends, by id.</summary>
    private readonly Dictionary<string, LiveRoom> _withDeltas = new(StringComparer.Ordinal);

    public void Announce(RoomChange change, ClientConnection requester, OutboundFrame reply) => directory.Publish(change.RoomId, change.After, room =>
    {
        room.CountToldLocked();
        // A user who is no longer a member must not get what is meant for the sockets that have entered, not even about this change.
        // Use the newest version, not change.After: if the room was just read from the database, the newest version may be ahead of this
        // change, and a user whom this change removed may be a member again and may have entered.
        if (room.Snapshot is { } newest) room.Live?.KeepMembers(newest, batch);
        if (change.Speaker is { } speaker) room.Live?.StopTyping(speaker, batch);
        foreach (var roomEvent in change.Events)
        {
            TellLocked(roomEvent, change.After, room, requester);
            if (roomEvent.Mark is { } mark) requester.SeenBoards.Take(mark);
        }

        requester.Reply(reply, batch);

        // If a membership ended, its cursor may be gone too.
        if (room.Live is { HasNews: true }) ticker.ScheduleLocked(room);
    });

    /// <summary>Answers a request that changed nothing, in its turn among the changes.</summary>
    /// <param name="requester">The connection that sent the request.</param>
    /// <param name="reply">The reply.</param>
    /// <param name="roomId">The room that the reply shows, if any.</param>
    public void Reply(ClientConnection requester, OutboundFrame reply, string? roomId = null)
    {
        if (requester.TakesMemberDeltas && roomId is not null && _withDeltas.TryGetValue(roomId, out var room))
        {
            using (room.Gate.Enter()) TellDeltaLocked(room.PendingDeltas, requester);
        }

        requester.Reply(reply, batch);
    }

    /// <summary>Shows a room to a socket in its turn among the changes: after every earlier change, and before every later one.</summary>
    /// <param name="snapshot">The room as the batch had it at this turn.</param>
    /// <param name="requester">The connection that sent the request.</param>
    /// <param name="reply">Makes the reply. Called under the room's gate.</param>
    public void Show(RoomSnapshot snapshot, ClientConnection requester, Func<LiveRoom, OutboundFrame> reply) => directory.Publish(snapshot.Id, snapshot, room =>
    {
        if (requester.TakesMemberDeltas) TellDeltaLocked(room.PendingDeltas, requester);
        requester.Reply(reply(room), batch);
    });

    /// <summary>Switches a socket to member deltas, or back to whole lists, at this point in the order of changes.</summary>
    public void SetMemberDeltas(ClientConnection connection, bool takesThem)
    {
        // Send all pending deltas first: the socket gets every change up to here in the old form, and every later one in the new form.
        TellDeltas();
        connection.TakesMemberDeltas = takesThem;
    }

    /// <summary>Sends what was queued since the last call. Returns the number of sockets it was sent to.</summary>
    public int EndBatch()
    {
        try
        {
            TellDeltas();
        }
        catch
        {
            batch.Start();
            throw;
        }

        return batch.Start();
    }

    private void TellLocked(RoomEvent roomEvent, RoomSnapshot? after, LiveRoom room, ClientConnection requester)
    {
        if (roomEvent.Kind == RoomEventKind.MemberList && after is { Change: not null })
        {
            TellMembersLocked(roomEvent, after, room, requester);
            return;
        }

        // Changes of members in a row become one delta. Only a member notice may pass a pending delta; any other event sends it first.
        if (roomEvent.Kind != RoomEventKind.MemberNotice) room.TellDeltasLocked(connections, batch);
        if (roomEvent.Audience.Kind == AudienceKind.Entered) room.Live?.Tell(roomEvent, requester, batch);
        else TellUsersLocked(UserIds(roomEvent.Audience, after), roomEvent, room, requester);
    }

    private void TellUsersLocked(IEnumerable<string> userIds, RoomEvent roomEvent, LiveRoom room, ClientConnection requester)
    {
        var isList = roomEvent.Kind == RoomEventKind.MemberList;
        foreach (var userId in userIds)
        {
            foreach (var connection in connections.Of(userId))
            {
                if (ReferenceEquals(connection, requester)) continue;
                connection.Send(roomEvent.Message, isList ? CoalesceKey(room, connection, userId) : null, batch);
                if (roomEvent.Mark is { } mark) connection.SeenBoards.Take(mark);
            }
        }
    }

    private void TellMembersLocked(RoomEvent list, RoomSnapshot after, LiveRoom room, ClientConnection requester)
    {
        var deltas = room.PendingDeltas ??= new MemberDeltas();
        _withDeltas[after.Id] = room;

        // The reply covers this change only, so the requester first gets the deltas before it. A requester who joined or left by this change
        // does not need them: it had no list before, or needs none now.
        if (requester.TakesMemberDeltas && !after.Change!.Moved(requester.Caller!.UserId)) TellDeltaLocked(deltas, requester);
        deltas.Add(after);
        deltas.Skip(requester);
        foreach (var userId in UserIds(list.Audience, after))
        {
            foreach (var connection in connections.Of(userId))
            {
                if (userId == after.Change!.Removed) connection.SeenBoards.ForgetRoom(after.Id);
                if (ReferenceEquals(connection, requester)) continue;
                if (!connection.TakesMemberDeltas) connection.Send(list.Message, CoalesceKey(room, connection, userId), batch);
                // Flush now for the removed user, who must not see any later change.
                else if (userId == after.Change!.Removed) TellDeltaLocked(deltas, connection);
            }
        }
    }

    private static IEnumerable<string> UserIds(RoomAudience audience, RoomSnapshot? after) => audience.Kind switch
    {
        AudienceKind.Members => after!.MemberIds.Concat(audience.UserIds),
        AudienceKind.Staff => after!.StaffIds.Concat(audience.UserIds),
        _ => audience.UserIds,
    };

    /// <summary>
    /// The coalesce key of a member list: a newer list replaces an older one of the same room that still waits for the socket, because it holds
    /// everything the older one held. Null for a socket that takes deltas: a delta that waits between the two lists fits only the older one.
    /// Null too for a user who is no longer a member: it must see the list without itself even if the next list has it again, because its
    /// sockets are no longer entered.
    /// </summary>
    private static LiveRoom? CoalesceKey(LiveRoom room, ClientConnection connection, string userId) =>
        connection.TakesMemberDeltas || room.Snapshot?.RoleOf(userId) is null ? null : room;

    private void TellDeltaLocked(MemberDeltas? deltas, ClientConnection connection)
    {
        if (deltas?.Take(connection) is { } delta) connection.Send(delta, coalesceKey: null, batch);
    }

    private void TellDeltas()
    {
        if (_withDeltas.Count == 0) return;
        LiveRoom[] rooms = [.. _withDeltas.Values];
        _withDeltas.Clear();
        Each.Do(rooms, room =>
        {
            using (room.Gate.Enter()) room.TellDeltasLocked(connections, batch);
        });
    }
}
