using RoomWs.Protocol.Connection;
using RoomWs.Protocol.Messages;
using RoomWs.Server.Dispatch;
using RoomWs.Server.Model;
using RoomWs.Server.Sessions;
using RoomWs.Server.Storage;
using RoomWs.Server.Wire;

namespace RoomWs.Server.Features.Messages;

/// <summary>RESUME: replays the messages that a client missed, then continues with live events, without a gap or a repetition.</summary>
internal sealed class ResumeHandler(ReadConnections reads, WriteQueue writes, TimeProvider time) : IConnectionHandler<Resume>
{
    private const int MaxRooms = 1_000;
    private const int DefaultLimit = 100;
    private const int MaxLimit = 1_000;

    /// <summary>The bytes of messages that are read at once. What is read and not sent yet is held for each client that resumes.</summary>
    private const int PageBytes = 262_144;

    public async ValueTask<Outcome> HandleAsync(Resume command, Request request)
    {
        if (Invalid(command) is { } fault) return fault;

        var connection = request.Connection;
        var userId = connection.Caller!.UserId;
        var missed = new List<(string RoomId, long AfterSeq, long LastSeq)>();

        // This job marks a place in the order of commits. Messages before it have been announced, and are replayed. Events after it are held
        // back until the replay is queued.
        var marked = await writes.RunAsync(
            write =>
            {
                missed.Clear();
                foreach (var room in command.Rooms ?? [])
                {
                    if (write.Members.Role(room.RoomId, userId) is not null) missed.Add((room.RoomId, room.AfterSeq, write.Messages.LastSeq(room.RoomId)));
                }
            },
            committed: connection.PauseEvents);
        if (!marked) throw new InvalidOperationException("RESUME found no place in the order of commits.");

        try
        {
            var correlationId = request.Envelope.CorrelationId;
            connection.Reply(((OutboundMessage)new ResyncStart(Now)).Reply(correlationId));
            var (count, truncated) = await ReplayAsync(missed, command.Limit ?? DefaultLimit, connection, correlationId);
            // The client has left: nobody wants the rest.
            if (connection.Closing is not null) return Outcome.Done;
            connection.Reply(((OutboundMessage)new ResyncComplete(count, truncated)).Reply(correlationId));

            var rooms = reads.Read(read => read.Rooms.ListOfUser(userId, "", int.MaxValue).ToList());
            connection.Reply(((OutboundMessage)new RoomsSnapshot(rooms, Now)).Reply(correlationId));
            return Outcome.Done;
        }
        finally
        {
            connection.ResumeEvents();
        }
    }

    private long Now => time.GetUtcNow().ToUnixTimeMilliseconds();

    private async Task<(int Count, bool Truncated)> ReplayAsync(
        List<(string RoomId, long AfterSeq, long LastSeq)> missed,
        int limit,
        ClientConnection connection,
        CorrelationId correlationId)
    {
        var (count, truncated) = (0, false);
        foreach (var (roomId, afterSeq, lastSeq) in missed)
        {
            var beforeFirst = reads.Read(read => read.Messages.SeqBeforeNewest(roomId, afterSeq, lastSeq + 1, limit));
            truncated |= beforeFirst is not null;
            var (sent, hasMore) = (beforeFirst ?? afterSeq, true);
            while (hasMore)
            {
                var after = sent;
                (var page, hasMore) = reads.Read(read => MessagePage.Of(read.Messages.OldestFirst(roomId, after, lastSeq + 1), limit, PageBytes));
                foreach (var message in page)
                {
                    // A replay may be much larger than the outbox may hold, so it goes only as fast as the client reads, and ends with the client.
                    await connection.RoomForRepliesAsync();
                    if (connection.Closing is not null) return (count, truncated);
                    connection.Reply(((OutboundMessage)message).Reply(correlationId));
                    sent = message.Seq;
                    count++;
                }
            }
        }

        return (count, truncated);
    }

    private static ErrorReply? Invalid(Resume command)
    {
        if (command.Limit is < 1 or > MaxLimit) return FieldRules.Invalid($"limit must be 1-{MaxLimit}; it is {command.Limit}.");
        if (command.Rooms is not { } rooms) return null;
        if (rooms.Count > MaxRooms) return FieldRules.Invalid($"rooms must have at most {MaxRooms} entries; it has {rooms.Count}.");
        for (var i = 0; i < rooms.Count; i++)
        {
            if (rooms[i] is not { AfterSeq: >= 0 } room || !FieldRules.IsRoomId(room.RoomId))
            {
                return FieldRules.Invalid($"rooms[{i}] must have a roomId, and an afterSeq of 0 or more.");
            }
        }

        return rooms.DistinctBy(room => room.RoomId, StringComparer.Ordinal).Count() == rooms.Count
            ? null
            : FieldRules.Invalid("rooms must name each room once.");
    }
}
