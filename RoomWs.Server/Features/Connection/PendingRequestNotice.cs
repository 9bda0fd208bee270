using RoomWs.Server.Sessions;
using RoomWs.Server.Storage;
using RoomWs.Server.Wire;

namespace RoomWs.Server.Features.Connection;

/// <summary>Sends a connection that has just been identified the join requests that its user, as OWNER or ADMIN, can decide.</summary>
internal sealed class PendingRequestNotice(ReadConnections reads, WriteQueue writes)
{
    public async Task SendAsync(ClientConnection connection)
    {
        var userId = connection.Identity!.UserId;
        if (!reads.Read(read => read.JoinRequests.DecidableBy(userId).Any())) return;

        // In the order of commits: otherwise a request could be sent after the message that it has been decided.
        PendingRequest[] pending = [];
        await writes.RunAsync(
            write => pending = [.. write.JoinRequests.DecidableBy(userId)],
            committed: () =>
            {
                foreach (var request in pending) connection.Send(((OutboundMessage)request.ToEvent()).Event);
            });
    }
}
