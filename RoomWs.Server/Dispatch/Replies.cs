using Microsoft.Extensions.Logging;
using RoomWs.Protocol;
using RoomWs.Protocol.Connection;
using RoomWs.Server.Fanout;
using RoomWs.Server.Metrics;
using RoomWs.Server.Sessions;
using RoomWs.Server.Storage;
using RoomWs.Server.Wire;

namespace RoomWs.Server.Dispatch;

/// <summary>
/// The ways in which a request gets its one reply: at once, from the connection's own thread, or from the writer once its change is
/// committed. Either way the replies of a connection leave in the order of its requests.
/// </summary>
internal sealed partial class Replies(WriteQueue writes, Broadcaster broadcaster, ServerMetrics metrics, ILogger<Replies> logger)
{
    /// <summary>How often a room may change under a read before the read makes it wait.</summary>
    private const int OptimisticReads = 3;

    /// <summary>How many changes of one connection may wait for the writer before it is read no further.</summary>
    private const int MaxPendingWrites = 256;

    public async ValueTask EnqueueAsync<T>(Request request, ChangeCommand<T> command, T body)
        where T : class
    {
        var connection = request.Connection;
        if (connection.PendingWrites >= MaxPendingWrites) await connection.WritesDoneAsync();

        connection.WriteStarted();
        writes.Enqueue(new ChangeJob<T>(command, body, connection.Caller!, request, this));
    }

    /// <summary>Refuses a request that never got to its handler.</summary>
    public async ValueTask RefuseAsync(Request request, ErrorReply error, string? roomId = null)
    {
        await request.Connection.WritesDoneAsync();
        NoteRefusal(request.Connection, request.Envelope.Type, error, roomId);
        request.Connection.Reply(((OutboundMessage)error).Reply(request.Envelope.CorrelationId));
        metrics.RequestEnds(request.Measured, error.Code);
    }

    /// <summary>Ends a request that has no reply unless it is refused.</summary>
    public void EndSilently(Request request) => metrics.RequestEnds(request.Measured, error: null);

    /// <summary>Asks a handler, and sends what it says; asks again where the room that the reply shows has changed meanwhile.</summary>
    public void Answer(Request request, Func<Outcome> ask, string? roomId)
    {
        for (var attempt = 1; ; attempt++)
        {
            var outcome = ask();
            if (TryAnswer(request, outcome, roomId)) return;
            if (attempt < OptimisticReads) continue;

            // The room changes faster than it can be read: with its gate held it stands still.
            lock (outcome.Room!.Room.Gate)
            {
                if (TryAnswer(request, ask(), roomId)) return;
            }
        }
    }

    /// <summary>Tells what a committed job came to. Writer's thread.</summary>
    public void Tell(ClientConnection connection, RequestMeasurement measured, CorrelationId correlationId, Outcome outcome, string? roomId)
    {
        switch (outcome)
        {
            case Outcome.Refused refused:
                NoteRefusal(connection, measured.Type, refused.Error, roomId);
                broadcaster.Reply(connection, ((OutboundMessage)refused.Error).Reply(correlationId));
                break;
            case Outcome.Answered answered:
                broadcaster.Reply(connection, answered.Reply.Reply(correlationId), answered.RoomId);
                break;
            case Outcome.Changed changed:
                broadcaster.Announce(changed.Change, connection, changed.Reply.Reply(correlationId));
                break;
        }

        metrics.RequestEnds(measured, ErrorOf(outcome));
    }

    /// <summary>Tells that a fault of the server kept a request from being done. The log has the cause under the id that the client gets.</summary>
    public ErrorReply Fault(Exception cause, string type, ClientConnection connection, ErrorCode code = ErrorCode.InternalError)
    {
        string logId;
        // A full disk fails every change alike, and the log has that already.
        if (cause is StorageException outage)
        {
            logId = outage.LogId;
        }
        else
        {
            logId = Guid.NewGuid().ToString("N")[..12];
            LogFault(cause, type, connection.Caller?.UserId, connection.Id, logId);
        }

        return new ErrorReply(code, code == ErrorCode.LeaveFailed
            ? $"The leave could not be stored; you are still a member. Log id {logId}."
            : $"The server failed to do this; nothing was changed. Log id {logId}.");
    }

    /// <summary>False, and nothing sent, when the room has gone on from where the handler saw it.</summary>
    private bool TryAnswer(Request request, Outcome outcome, string? roomId)
    {
        if (outcome.Room is not { } seen)
        {
            Send(request, outcome, roomId);
            return true;
        }

        lock (seen.Room.Gate)
        {
            if (!ReferenceEquals(seen.Room.Snapshot, seen.Snapshot)) return false;
            // What led to this version comes before the reply that shows it.
            if (request.Connection.TakesMemberDeltas && seen.Room.Untold?.Take(request.Connection) is { } delta) request.Connection.Reply(delta.Event);
            Send(request, outcome, roomId);
            return true;
        }
    }

    private void Send(Request request, Outcome outcome, string? roomId)
    {
        var (connection, correlationId) = (request.Connection, request.Envelope.CorrelationId);
        switch (outcome)
        {
            case Outcome.Refused refused:
                NoteRefusal(connection, request.Envelope.Type, refused.Error, roomId);
                connection.Reply(((OutboundMessage)refused.Error).Reply(correlationId));
                if (refused.Close is { } close) connection.Close(close, refused.Error.Message);
                break;
            case Outcome.Answered answered:
                connection.Reply(answered.Reply.Reply(correlationId));
                break;
            case Outcome.AnsweredAtGate answered:
                connection.Reply(answered.Reply().Reply(correlationId));
                break;
        }

        metrics.RequestEnds(request.Measured, ErrorOf(outcome));
    }

    private static ErrorCode? ErrorOf(Outcome outcome) => outcome is Outcome.Refused refused ? refused.Error.Code : null;

    /// <summary>What an operator wants to hear of: somebody tried what it may not do.</summary>
    private void NoteRefusal(ClientConnection connection, string type, ErrorReply error, string? roomId)
    {
        var code = error.Code switch
        {
            ErrorCode.Forbidden => "FORBIDDEN",
            ErrorCode.Unauthorized => "UNAUTHORIZED",
            _ => null,
        };
        if (code is not null) LogRefusal(type, connection.Caller?.UserId, roomId, code, connection.Id);
    }

    [LoggerMessage(2001, LogLevel.Information, "Refused {Action} of user {User} on room {Room}: {Code} (connection {Connection})")]
    private partial void LogRefusal(string action, string? user, string? room, string code, string connection);

    [LoggerMessage(2002, LogLevel.Error, "{Action} of user {User} on connection {Connection} failed, log id {LogId}")]
    private partial void LogFault(Exception cause, string action, string? user, string connection, string logId);
}
