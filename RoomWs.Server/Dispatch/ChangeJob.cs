using System.Security.Cryptography;
using System.Text;
using RoomWs.Protocol;
using RoomWs.Protocol.Connection;
using RoomWs.Server.Metrics;
using RoomWs.Server.Model;
using RoomWs.Server.Sessions;
using RoomWs.Server.Storage;
using RoomWs.Server.Wire;

namespace RoomWs.Server.Dispatch;

/// <summary>
/// A change on the writer's queue. Runs the handler, and makes sure that a request with an idempotencyKey happens only once. The
/// idempotency record is written in the same savepoint as the change, so that neither exists without the other.
/// </summary>
internal sealed class ChangeJob<T>(ChangeCommand<T> command, T body, Request request, Replies replies) : WriteJob
    where T : class
{
    private static readonly ErrorReply KeyReused = new(
        ErrorCode.Conflict,
        "idempotencyKey was used in the last 24 hours for another request; take a new key for a new request.");

    private readonly ClientConnection _connection = request.Connection;
    private readonly Caller _caller = request.Connection.Caller!;
    private readonly CorrelationId _correlationId = request.Envelope.CorrelationId.Keep();
    private readonly RequestMeasurement _measured = request.Measured;
    private readonly string? _key = request.Envelope.IdempotencyKey;
    private Outcome? _outcome;

    public override void Run(WriteScope write) =>
        _outcome = _key is null ? Handle(write) : HandleOnce(_key, write);

    public override void Committed()
    {
        try
        {
            replies.Tell(_connection, _measured, _correlationId, _outcome!, command.RoomOf(body));
        }
        finally
        {
            // The rest of the batch is not told yet. Do not keep this job's messages in memory until it is.
            _outcome = null;
            _connection.WriteFinished();
        }
    }

    public override void Failed(Exception cause)
    {
        var error = replies.Fault(cause, command.Type, _connection, command.Failure);
        replies.Tell(_connection, _measured, _correlationId, error, command.RoomOf(body));
        _connection.WriteFinished();
    }

    /// <summary>Makes the change and adds it to the audit trail. This is the only place that does, so no command can forget it.</summary>
    private Outcome Handle(WriteScope write)
    {
        var before = write.ChangedRows;
        var outcome = command.Handle(body, _caller, write);
        if (outcome is Outcome.Changed changed)
        {
            if (!command.IsContent) write.Audit.Add(command.Type, _caller.UserId, changed.Change, changed.Note, write.Now);
        }
        else if (write.ChangedRows != before)
        {
            throw new InvalidOperationException($"{command.Type} has written something and says that it has changed nothing.");
        }

        return ReplyByDelta(outcome);
    }

    /// <summary>Replies with the delta to a connection that takes deltas: it has the list already, and the whole list would be the largest message.</summary>
    private Outcome ReplyByDelta(Outcome outcome) =>
        _connection.TakesMemberDeltas && outcome is Outcome.Changed { ShowsMembers: true, Change.After: { } after } changed
            ? changed with { Reply = after.MembersChanged, Kept = after.MembersChanged }
            : outcome;

    private Outcome HandleOnce(string key, WriteScope write)
    {
        byte[] fingerprint = SHA256.HashData([.. Encoding.UTF8.GetBytes(command.Type), 0, .. command.Canonical(body)]);
        if (write.Idempotency.Find(_caller.UserId, key, write.Now) is { } first)
        {
            return first.Fingerprint.AsSpan().SequenceEqual(fingerprint)
                ? new Outcome.Answered(new(first.ReplyType, first.Reply))
                : KeyReused;
        }

        var outcome = Handle(write);
        var reply = outcome switch
        {
            Outcome.Answered answered => answered.Reply,
            Outcome.Changed changed => changed.Kept,
            // A refusal changed nothing, so it is not kept: a retry may succeed.
            _ => null,
        };
        if (reply is not null)
        {
            write.Idempotency.Save(_caller.UserId, key, new IdempotencyRow { Fingerprint = fingerprint, ReplyType = reply.Type, Reply = reply.Body }, write.Now);
        }

        return outcome;
    }
}
