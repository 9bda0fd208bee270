using Microsoft.Extensions.Logging;
using RoomWs.Protocol;
using RoomWs.Protocol.Connection;
using RoomWs.Server.Fanout;
using RoomWs.Server.Metrics;
using RoomWs.Server.Model;
using RoomWs.Server.Sessions;
using RoomWs.Server.Storage;
using RoomWs.Server.Wire;

namespace RoomWs.Server.Dispatch;

/// <summary>
/// Sends the replies to requests: at once on the connection's thread, or on the writer's thread once the change is committed. In both cases
/// the replies of a connection keep the order of its requests.
/// </summary>
internal sealed partial class Replies(Broadcaster broadcaster, ServerMetrics metrics, RefusalLog refusals, ILogger<Replies> logger)
{
    /// <summary>Refuses a request, after the replies to the connection's changes that are still with the writer. Connection's thread only.</summary>
    public async ValueTask RefuseAsync(Request request, ErrorReply error, RoomRef room = default)
    {
        await request.Connection.WritesDoneAsync();
        Send(request, error, room);
    }

    /// <summary>Ends a request without a reply of its own: it has none, or its handler has sent everything.</summary>
    public void EndSilently(Request request) => metrics.RequestEnds(request.Measured, error: null);

    /// <summary>Sends the outcome of a request, and closes the connection if the outcome says so. Connection's thread only.</summary>
    public void Send(Request request, Outcome outcome, RoomRef room = default)
    {
        if (outcome is Outcome.Sent)
        {
            EndSilently(request);
            return;
        }

        request.Connection.Reply(FrameOf(request, outcome, room));
        if (outcome is Outcome.Refused { Close: { } close } refused) request.Connection.Close(close, refused.Error.Message);
    }

    /// <summary>Ends a request and returns its reply as a frame, which has to be queued at once. May be called from any thread.</summary>
    public OutboundFrame FrameOf(Request request, Outcome outcome, RoomRef room)
    {
        NoteEnd(request.Connection, request.Measured, request.Envelope.Type, outcome, room);
        OutboundMessage reply = outcome switch
        {
            Outcome.Refused refused => refused.Error,
            Outcome.Answered answered => answered.Reply,
            _ => throw new InvalidOperationException($"{outcome.GetType().Name} is no reply to {request.Envelope.Type}."),
        };
        var frame = reply.Reply(request.Envelope.CorrelationId);
        // Only now: an answer that was made and thrown away, because the room has changed, has shown nothing.
        if (outcome is Outcome.Answered { Mark: { } mark }) request.Connection.SeenBoards.Take(mark);
        return frame;
    }

    /// <summary>Replies to a change that is committed or has failed, and tells it to the others if it changed something. Writer's thread only.</summary>
    public void Tell(ClientConnection connection, RequestMeasurement measured, CorrelationId correlationId, Outcome outcome, RoomRef room)
    {
        switch (outcome)
        {
            case Outcome.Refused refused:
                broadcaster.Reply(connection, ((OutboundMessage)refused.Error).Reply(correlationId));
                break;
            case Outcome.Answered answered:
                broadcaster.Reply(connection, answered.Reply.Reply(correlationId), answered.RoomId);
                break;
            case Outcome.Changed changed:
                broadcaster.Announce(changed.Change, connection, changed.Reply.Reply(correlationId));
                break;
            default:
                throw new InvalidOperationException($"{outcome.GetType().Name} is no outcome of a change.");
        }

        NoteEnd(connection, measured, measured.Type, outcome, room);
    }

    /// <summary>The reply for a request that failed by a fault of the server. The log has the cause under the id that the client gets.</summary>
    public ErrorReply Fault(Exception cause, string type, ClientConnection connection, ErrorCode code = ErrorCode.InternalError)
    {
        string logId;
        // In a storage outage every change fails for the same reason, which is logged once.
        if (cause is StorageException outage)
        {
            logId = outage.LogId;
        }
        else
        {
            logId = Ids.NewLogId();
            LogFault(cause, LogText.Quote(type), LogText.Quote(connection.Caller?.UserId), connection.Id, logId);
        }

        return new ErrorReply(code, code == ErrorCode.LeaveFailed
            ? $"The leave could not be stored; you are still a member. Log id {logId}."
            : $"The server failed to do this; nothing was changed. Log id {logId}.");
    }

    private void NoteEnd(ClientConnection connection, RequestMeasurement measured, string type, Outcome outcome, RoomRef room)
    {
        var error = (outcome as Outcome.Refused)?.Error.Code;
        metrics.RequestEnds(measured, error);
        // Logged for the operator: a user tried something that it may not do.
        if (error == ErrorCode.Forbidden) refusals.Note(connection, type, room.ToString(), "FORBIDDEN");
        else if (error == ErrorCode.Unauthorized) refusals.Note(connection, type, room.ToString(), "UNAUTHORIZED");
    }

    [LoggerMessage(2002, LogLevel.Error, "{Action} of user {User} on connection {Connection} failed, log id {LogId}")]
    private partial void LogFault(Exception cause, string? action, string? user, string connection, string logId);
}
