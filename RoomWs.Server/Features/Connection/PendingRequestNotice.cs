using RoomWs.Server.Sessions;
using RoomWs.Server.Storage;
using RoomWs.Server.Wire;

namespace RoomWs.Server.Features.Connection;

/// <summary>Tells an OWNER or ADMIN who comes online which requests wait for its decision.</summary>
internal sealed class PendingRequestNotice(ReadConnections reads, WriteQueue writes)
{
    public async Task SendAsync(ClientConnection connection)
    {
        var userId = connection.Identity!.UserId;
        if (!reads.Read(read => read.JoinRequests.DecidableBy(userId).Any())) return;

        // In its turn among the changes, so that no request is told of behind the message that it has been decided.
        PendingRequest[] pending = [];
        await writes.RunAsync(
            write => pending = [.. write.JoinRequests.DecidableBy(userId)],
            committed: () =>
            {
                foreach (var request in pending) connection.Send(((OutboundMessage)request.ToEvent()).Event);
            });
    }
}
