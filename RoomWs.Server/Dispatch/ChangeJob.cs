using System.Security.Cryptography;
using System.Text;
using RoomWs.Protocol;
using RoomWs.Protocol.Connection;
using RoomWs.Server.Metrics;
using RoomWs.Server.Model;
using RoomWs.Server.Sessions;
using RoomWs.Server.Storage;
using RoomWs.Server.Storage.Batch;
using RoomWs.Server.Wire;

namespace RoomWs.Server.Dispatch;

/// <summary>
/// A change on the writer's queue. Runs the handler, and makes sure that a request with an idempotencyKey happens only once. The
/// idempotency record is written with the change, so that neither exists without the other.
/// </summary>
internal sealed class ChangeJob<T>(ChangeCommand<T> command, T body, Request request, Replies replies) : WriteJob
    where T : class
{
    private static readonly ErrorReply KeyReused = new(
        ErrorCode.Conflict,
        "idempotencyKey was used in the last 24 hours for another request; take a new key for a new request.");

    /// <summary>The one message, whether the room is gone, is another under the same id, or is hidden from the user.</summary>
    private static readonly ErrorReply NotToBeSeen = new(
        ErrorCode.Forbidden,
        "This was done when it was first sent. Its reply shows a room that is gone, or that you may not see any more.");

    private readonly ClientConnection _connection = request.Connection;
    private readonly Caller _caller = request.Connection.Caller!;
    private readonly CorrelationId _correlationId = request.Envelope.CorrelationId.Keep();
    private readonly RequestMeasurement _measured = request.Measured;
    private readonly string? _key = request.Envelope.IdempotencyKey;
    private readonly (int Cost, int Share) _size = command.SizeOf(body, request.Message.Length, hasKey: request.Envelope.IdempotencyKey is not null);
    private Outcome? _outcome;

    public override string? UserId => _caller.UserId;

    public override int Cost => _size.Cost;

    public override int Share => _size.Share;

    public override void Need(Needs needs)
    {
        if (_key is not null) needs.Reply(_caller.UserId, _key);
        command.NeedTurn(_caller, needs);
        command.Need(body, _caller, needs);
    }

    public override void Run(WriteScope write)
    {
        if (command.RefuseTurn(_caller, write) is { } tooOften) _outcome = tooOften;
        else _outcome = _key is null ? Handle(write) : HandleOnce(_key, write);
    }

    public override void Committed()
    {
        try
        {
            replies.Tell(_connection, _measured, _correlationId, _outcome!, command.RoomOf(body));
        }
        catch
        {
            // It is done, and its reply may be lost: a client that comes back finds what there is.
            _connection.Close(CloseCode.InternalError, "a change was made and could not be told");
            throw;
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
        try
        {
            var error = replies.Fault(cause, command.Type, _connection, command.Failure);
            replies.Tell(_connection, _measured, _correlationId, error, command.RoomOf(body));
        }
        catch
        {
            // Its reply may be lost, and the client would wait for it.
            _connection.Close(CloseCode.InternalError, "a change failed, and that could not be told");
            throw;
        }
        finally
        {
            _connection.WriteFinished();
        }
    }

    /// <summary>Makes the change and adds it to the audit trail. This is the only place that does, so no command can forget it.</summary>
    private Outcome Handle(WriteScope write)
    {
        var before = write.Changes;
        var outcome = command.Handle(body, _caller, write);
        if (outcome is Outcome.Changed changed)
        {
            write.Feed.Add(command.Type, _caller.UserId, changed.Change);
            if (!command.IsContent) write.Audit.Add(command.Type, _caller.UserId, changed.Change, changed.Note, write.Now);
        }
        else if (write.Changes != before)
        {
            throw new InvalidOperationException($"{command.Type} has written something and says that it has changed nothing.");
        }

        return ReplyByDelta(outcome);
    }

    /// <summary>Replies with the delta to a connection that takes deltas: it has the list already, and the whole list would be the largest message.</summary>
    private Outcome ReplyByDelta(Outcome outcome) =>
        _connection.TakesMemberDeltas && outcome is Outcome.Changed { ShowsMembers: true, Change.After: { } after } changed
            ? changed with { Reply = after.MembersChanged }
            : outcome;

    private Outcome HandleOnce(string key, WriteScope write)
    {
        byte[] fingerprint = SHA256.HashData([.. Encoding.UTF8.GetBytes(command.Type), 0, .. command.Canonical(body)]);
        if (write.Idempotency.Find(_caller.UserId, key, write.Now) is { } first)
        {
            return first.Fingerprint.AsSpan().SequenceEqual(fingerprint) ? Repeat(first, write) : KeyReused;
        }

        var outcome = Handle(write);
        if (Row(outcome, fingerprint) is { } row) write.Idempotency.Save(_caller.UserId, key, row, write.Now);
        return outcome;
    }

    /// <summary>The first reply again. What it shows of a room is shown as it is now, to a user who may see it now.</summary>
    private Outcome Repeat(IdempotencyRow first, WriteScope write)
    {
        if (first.RoomId is not { } roomId) return new Outcome.Answered(new(first.ReplyType, first.Reply));
        if (Authority.Check(roomId, RoomAction.See, _caller, write, out var room) is not null) return NotToBeSeen;

        var present = write.Snapshots.At(roomId, room!.Version);
        // Made after the reply: another room, under the id of one that was deleted.
        return present.Meta.CreatedAt > first.CreatedAt ? NotToBeSeen : Outcome.Unchanged(RoomReply.Read(first.ReplyType, first.Reply), present);
    }

    /// <summary>What is kept of the outcome. Null for a refusal: it changed nothing, so a retry may succeed.</summary>
    private static IdempotencyRow? Row(Outcome outcome, byte[] fingerprint) => outcome switch
    {
        Outcome.Answered { Shows: { } shows, RoomId: var roomId } => Row(shows, roomId, fingerprint),
        Outcome.Changed { Shows: { } shows, Change.RoomId: var roomId } => Row(shows, roomId, fingerprint),
        Outcome.Answered answered => Row(answered.Reply, fingerprint),
        Outcome.Changed changed => Row(changed.Kept, fingerprint),
        _ => null,
    };

    private static IdempotencyRow Row(RoomReply shows, string? roomId, byte[] fingerprint) =>
        new() { Fingerprint = fingerprint, ReplyType = shows.Type, Reply = shows.Keep(), RoomId = roomId };

    private static IdempotencyRow Row(OutboundMessage reply, byte[] fingerprint) =>
        new() { Fingerprint = fingerprint, ReplyType = reply.Type, Reply = reply.Body };
}
