using RoomWs.Server.Transport;

namespace RoomWs.Server.Broadcasting;

/// <summary>
/// Tells a committed change: to every socket of everyone whom it concerns but the requester's own, which gets its reply in the same
/// breath, so that nothing can overtake it. Called in commit order.
/// </summary>
internal sealed class Broadcaster(RoomDirectory directory, ConnectionRegistry connections)
{
    public void Announce(RoomChange change, ClientConnection requester, byte[] reply) => directory.Publish(change.RoomId, change.After, () =>
    {
        foreach (var roomEvent in change.Events)
        {
            foreach (var userId in roomEvent.UserIds)
            {
                foreach (var connection in connections.Of(userId))
                {
                    // The frame is made by the first receiver; with none online it is never made.
                    if (!ReferenceEquals(connection, requester)) connection.Send(roomEvent.Message.Event);
                }
            }
        }

        requester.Send(reply);
    });
}
