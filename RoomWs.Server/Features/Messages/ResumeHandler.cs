using RoomWs.Protocol;
using RoomWs.Protocol.Connection;
using RoomWs.Protocol.Messages;
using RoomWs.Protocol.Rooms;
using RoomWs.Server.Dispatch;
using RoomWs.Server.Storage;
using RoomWs.Server.Wire;

namespace RoomWs.Server.Features.Messages;

/// <summary>RESUME: replays the messages that a client missed, then continues with live events, without a gap or a repetition.</summary>
internal sealed class ResumeHandler(ReadConnections reads, CommitPlaces places, TimeProvider time) : IConnectionHandler<Resume>
{
    private const int MaxRooms = 1_000;
    private const int DefaultLimit = 100;
    private const int MaxLimit = 1_000;

    public async ValueTask<Outcome> HandleAsync(Resume command, Request request)
    {
        if (Invalid(command) is { } fault) return fault;

        var (connection, correlationId) = (request.Connection, request.Envelope.CorrelationId);
        var replay = new Replay(reads, connection, correlationId, command.Limit ?? DefaultLimit);
        var hasBegun = false;
        try
        {
            // Messages before this place in the order of commits have been announced, and are replayed. Events after it are held back until the replay is
            // queued.
            List<MissedMessages> missed;
            using (await connection.Rate.User!.Queries.TakeAsync())
            {
                await reads.ReadyAsync();
                missed = await reads.RetryAsync(() =>
                {
                    // What the try before held back is now before the place.
                    connection.ResumeEvents();
                    return places.ReadAsync(connection.PauseEvents, read => (command.Rooms ?? []).Select(room => replay.Choose(room, read)).OfType<MissedMessages>().ToList());
                });
            }

            hasBegun = true;
            Reply(new ResyncStart(Now));
            foreach (var room in missed) await replay.SendAsync(room);
            Reply(replay.Complete);

            await connection.RoomForRepliesAsync();
            // Where the client has left, nobody wants the rest.
            if (connection.Closing is null) Reply(new RoomsSnapshot(RoomsOf(connection.Caller!.UserId), Now));
            return Outcome.Done;
        }
        catch when (hasBegun)
        {
            // An ERROR in the middle of a replay would leave the client with half of it. One that comes back begins anew.
            connection.Close(CloseCode.InternalError, "the replay failed");
            throw;
        }
        finally
        {
            connection.ResumeEvents();
        }

        void Reply(OutboundMessage message) => connection.Reply(message.Reply(correlationId));
    }

    private long Now => time.GetUtcNow().ToUnixTimeMilliseconds();

    private List<RoomRow> RoomsOf(string userId) => reads.Read(read => read.Rooms.ListOfUser(userId, "", int.MaxValue).ToList());

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
