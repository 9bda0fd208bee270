using RoomWs.Protocol;
using RoomWs.Server.Live;
using RoomWs.Server.Transport;

namespace RoomWs.Server.Broadcasting;

/// <summary>
/// Tells a committed change: to every socket of everyone whom it concerns but the requester's own, which gets its reply in the same
/// breath, so that nothing can overtake it. Called in commit order, by the writer; what it has queued goes out when the writer's batch is told.
/// </summary>
internal sealed class Broadcaster(RoomDirectory directory, ConnectionRegistry connections, CursorTicker ticker, SendBatch batch)
{
    public void Announce(RoomChange change, ClientConnection requester, byte[] reply) => directory.Publish(change.RoomId, change.After, room =>
    {
        // Whoever is no member any more hears nothing that is meant for those who have entered, not even of this change.
        if (change.After is { } after) room.Live?.KeepMembers(after, batch);
        if (change.Speaker is { } speaker) room.Live?.StopTyping(speaker, batch);
        foreach (var roomEvent in change.Events)
        {
            if (roomEvent.UserIds is { } userIds) Tell(userIds, roomEvent.Message, room, requester);
            else room.Live?.Tell(roomEvent.Message, requester, batch);
        }

        requester.Reply(reply, batch);

        // With a membership that ended its cursor may have gone.
        if (room.Live is { HasNews: true }) ticker.Schedule(room);
    });

    /// <summary>Answers a request that changed nothing, in its turn among those that did.</summary>
    public void Reply(ClientConnection requester, byte[] reply) => requester.Reply(reply, batch);

    private void Tell(IReadOnlyList<string> userIds, OutboundMessage message, LiveRoom room, ClientConnection requester)
    {
        // All that older ones of the same room held is in a newer one; so of those that wait for a socket only the newest is sent.
        var shows = message.Type == MessageTypes.RoomMembersUpdated ? room : null;
        foreach (var userId in userIds)
        {
            foreach (var connection in connections.Of(userId))
            {
                if (!ReferenceEquals(connection, requester)) connection.Send(message, shows, batch);
            }
        }
    }
}
