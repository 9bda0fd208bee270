using RoomWs.Server.Live;
using RoomWs.Server.Transport;

namespace RoomWs.Server.Broadcasting;

/// <summary>
/// Tells a committed change: to every socket of everyone whom it concerns but the requester's own, which gets its reply in the same
/// breath, so that nothing can overtake it. Called in commit order.
/// </summary>
internal sealed class Broadcaster(RoomDirectory directory, ConnectionRegistry connections, CursorTicker ticker)
{
    public void Announce(RoomChange change, ClientConnection requester, byte[] reply) => directory.Publish(change.RoomId, change.After, room =>
    {
        if (change.Speaker is { } speaker) room.Live?.StopTyping(speaker);
        foreach (var roomEvent in change.Events)
        {
            if (roomEvent.UserIds is { } userIds) Tell(userIds, roomEvent.Message, requester);
            else room.Live?.Tell(roomEvent.Message, requester);
        }

        requester.Send(reply);

        // With a membership that ended its cursor may have gone.
        if (room.Live is { HasNews: true }) ticker.Schedule(room);
    });

    private void Tell(IReadOnlyList<string> userIds, OutboundMessage message, ClientConnection requester)
    {
        foreach (var userId in userIds)
        {
            foreach (var connection in connections.Of(userId))
            {
                // The frame is made by the first receiver; with none online it is never made.
                if (!ReferenceEquals(connection, requester)) connection.Send(message.Event);
            }
        }
    }
}
