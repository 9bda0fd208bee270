using RoomWs.Protocol;
using RoomWs.Server.Fanout;
using RoomWs.Server.Features.RoomChanges;
using RoomWs.Server.Sessions;
using RoomWs.Server.Storage;
using RoomWs.Server.Wire;

namespace RoomWs.Server.Features.Connection;

/// <summary>
/// Sends a connection that has just been identified the join requests that its user, as OWNER or ADMIN, can decide: the oldest of each room, and of the rest how
/// many there are.
/// </summary>
internal sealed class PendingRequestNotice(ReadConnections reads, WriteQueue writes, Broadcaster broadcaster)
{
    /// <summary>Maximum number of requests over all rooms. Of the rooms behind them only the numbers are sent.</summary>
    private const int MaxRequests = 1_000;

    /// <summary>Maximum number of rooms whose requests are read in one turn of the writer, which changes wait for.</summary>
    private const int RoomsPerTurn = 100;

    /// <summary>Once a turn has as many messages, it ends: what it sends waits whole for the client.</summary>
    private const int MessagesPerTurn = 200;

    public async Task SendAsync(ClientConnection connection)
    {
        var userId = connection.Identity!.UserId;
        if (reads.Read(read => read.JoinRequests.AskedRoomsOf(userId, after: "", limit: 1)).Count == 0) return;

        var (after, left) = ("", MaxRequests);
        while (after is not null)
        {
            // A user may lead a thousand rooms. It is told as fast as it reads, and not cut off for reading slower; nobody is told who has left.
            await connection.RoomForRepliesAsync();
            if (connection.Closing is not null) return;

            // In the order of commits: otherwise a request could be sent after the message that it has been decided.
            var turn = new Turn([], 0, NextAfter: null);
            var isSent = await writes.RunAsync(
                write => turn = write.Read(read => Read(userId, after, left, read)),
                committed: () =>
                {
                    foreach (var message in turn.Messages) broadcaster.Reply(connection, message.Event);
                },
                userId);
            if (!isSent)
            {
                // The client would take it that nobody waits. One that comes back is told.
                connection.Close(CloseCode.InternalError, "the server failed; try again in a moment");
                return;
            }

            left -= turn.Requests;
            after = turn.NextAfter;
        }
    }

    private static Turn Read(string userId, string after, int left, Repositories read)
    {
        var (messages, requests) = (new List<OutboundMessage>(), 0);
        var rooms = read.JoinRequests.AskedRoomsOf(userId, after, RoomsPerTurn);
        foreach (var room in rooms)
        {
            var limit = Math.Min(left - requests, PendingRequests.MaxPerRoom);
            messages.AddRange(PendingRequests.Of(room.RoomId, room.Count, read.JoinRequests.OfRoom(room.RoomId, after: "", limit)).Select(message => (OutboundMessage)message));
            requests += Math.Min(room.Count, limit);
            if (messages.Count >= MessagesPerTurn) return new Turn(messages, requests, room.RoomId);
        }

        return new Turn(messages, requests, rooms.Count < RoomsPerTurn ? null : rooms[^1].RoomId);
    }

    /// <summary>What one turn of the writer has to tell.</summary>
    /// <param name="Messages">The messages.</param>
    /// <param name="Requests">How many requests are among them.</param>
    /// <param name="NextAfter">The room behind which the next turn begins. Null if there are no more.</param>
    private sealed record Turn(List<OutboundMessage> Messages, int Requests, string? NextAfter);
}
