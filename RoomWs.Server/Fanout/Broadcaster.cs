using RoomWs.Server.Model;
using RoomWs.Server.Sessions;
using RoomWs.Server.Transport;
using RoomWs.Server.Wire;

namespace RoomWs.Server.Fanout;

/// <summary>
/// Tells a committed change to the sockets of all users it concerns. The requester's own socket gets its reply in the same turn, so that
/// nothing can overtake the reply. Called in commit order. What it queues goes out at the end of the batch. Writer's thread only.
/// </summary>
internal sealed class Broadcaster(RoomDirectory directory, LocalMembers members, ConnectionRegistry connections, CursorTicker ticker, SendBatch batch)
{
    /// <summary>The rooms that may have pending deltas to send before the batch ends, by id.</summary>
    private readonly Dictionary<string, LiveRoom> _withDeltas = new(StringComparer.Ordinal);

    public void Announce(RoomChange change, ClientConnection requester, OutboundFrame reply) => directory.Publish(change.RoomId, change.After, room =>
    {
        var moved = change.ChangesMembers ? change.After : null;
        if (moved is not null) members.Join(moved);
        try
        {
            TellLocked(change, room, requester, reply);
        }
        finally
        {
            if (change.After is null) members.End(change.RoomId);
            else if (moved?.Change?.Removed is { } removed) members.Leave(change.RoomId, removed);
        }
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

    private void TellLocked(RoomChange change, LiveRoom room, ClientConnection requester, OutboundFrame reply)
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
    }

    private void TellLocked(RoomEvent roomEvent, RoomSnapshot? after, LiveRoom room, ClientConnection requester)
    {
        if (roomEvent.Kind == RoomEventKind.MemberList && after is { Change: not null })
        {
            TellMembersLocked(roomEvent, after, room, requester);
            return;
        }

        // Changes of members in a row become one delta. Only a member notice may pass a pending delta; any other event sends it first.
        if (roomEvent.Kind != RoomEventKind.MemberNotice) room.TellDeltasLocked(members, connections, batch);
        var audience = roomEvent.Audience;
        if (audience.Kind == AudienceKind.Entered) room.Live?.Tell(roomEvent, requester, batch);
        if (audience.Kind is AudienceKind.Members or AudienceKind.Staff)
        {
            foreach (var user in members.Of(after!.Id))
            {
                if (Has(audience.Kind, user.Id, after)) TellUserLocked(user.Id, roomEvent, room, requester);
            }
        }

        foreach (var userId in audience.UserIds) TellUserLocked(userId, roomEvent, room, requester);
    }

    /// <summary>Whether a local member belongs to those who are told. One who has just stopped being a member is local until all is told.</summary>
    private static bool Has(AudienceKind kind, string userId, RoomSnapshot after) => kind == AudienceKind.Staff
        ? RoomPermissions.Allow(after.RoleOf(userId), RoomAction.DecideRequests)
        : after.Change?.Removed != userId;

    private void TellUserLocked(string userId, RoomEvent roomEvent, LiveRoom room, ClientConnection requester)
    {
        var isList = roomEvent.Kind == RoomEventKind.MemberList;
        foreach (var connection in connections.Of(userId))
        {
            if (ReferenceEquals(connection, requester)) continue;
            connection.Send(roomEvent.Message, isList ? CoalesceKey(room, connection) : null, batch);
            if (roomEvent.Mark is { } mark) connection.SeenBoards.Take(mark);
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
        foreach (var user in members.Of(after.Id))
        {
            if (!Has(AudienceKind.Members, user.Id, after)) continue;
            foreach (var connection in connections.Of(user.Id))
            {
                if (!ReferenceEquals(connection, requester) && !connection.TakesMemberDeltas) connection.Send(list.Message, CoalesceKey(room, connection), batch);
            }
        }

        foreach (var userId in list.Audience.UserIds) TellRemovedLocked(userId, list, after, deltas, requester);
    }

    private void TellRemovedLocked(string userId, RoomEvent list, RoomSnapshot after, MemberDeltas deltas, ClientConnection requester)
    {
        foreach (var connection in connections.Of(userId))
        {
            connection.SeenBoards.ForgetRoom(after.Id);
            if (ReferenceEquals(connection, requester)) continue;
            // No later list stands for this one: the user must see the list without itself even if the next one has it again, because its sockets are no
            // longer entered. And flush now: it must not see any later change.
            if (!connection.TakesMemberDeltas) connection.Send(list.Message, coalesceKey: null, batch);
            else TellDeltaLocked(deltas, connection);
        }
    }

    /// <summary>
    /// The coalesce key of a member list: a newer list replaces an older one of the same room that still waits for the socket, because it holds
    /// everything the older one held. Null for a socket that takes deltas: a delta that waits between the two lists fits only the older one.
    /// </summary>
    private static LiveRoom? CoalesceKey(LiveRoom room, ClientConnection connection) => connection.TakesMemberDeltas ? null : room;

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
            using (room.Gate.Enter()) room.TellDeltasLocked(members, connections, batch);
        });
    }
}
