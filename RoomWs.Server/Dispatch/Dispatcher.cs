using RoomWs.Protocol;
using RoomWs.Protocol.Connection;
using RoomWs.Server.Metrics;
using RoomWs.Server.Sessions;

namespace RoomWs.Server.Dispatch;

/// <summary>
/// Takes each message of a connection to its command, after the checks that all requests share. Has the only general catch on a connection's
/// thread. May be used from any thread.
/// </summary>
/// <param name="find">Finds the command of a type. Null if there is none.</param>
/// <param name="replies">Answers requests.</param>
/// <param name="membershipRate">Limits how often a user may join and use invites.</param>
/// <param name="metrics">Counts and times the requests.</param>
internal sealed class Dispatcher(Func<string, Command?> find, Replies replies, MembershipRate membershipRate, ServerMetrics metrics)
{
    private static readonly ErrorReply NoIdentity = new(
        ErrorCode.Unauthorized,
        "This needs an identity: send HELLO with a token first, or connect with one.");

    /// <summary>Called by the connection's read loop, one message at a time. The loop may reuse the buffer once the task has ended.</summary>
    public async ValueTask DispatchAsync(ClientConnection connection, ReadOnlyMemory<byte> message)
    {
        var startedAt = metrics.RequestStarts();
        // First, so that every message costs its sender something, whatever it holds.
        var asked = connection.Rate.TryTake(message.Length);
        var fault = Envelope.Read(message, out var envelope);
        var command = find(envelope.Type);
        var request = new Request(connection, envelope, message, new(command?.Type ?? ServerMetrics.UnknownType, startedAt));
        try
        {
            if (RefuseBeforehand(request, command, asked, fault) is { } refusal) await replies.RefuseAsync(request, refusal);
            else await command!.ExecuteAsync(request, replies);

            if (connection.Rate.IsAbused) connection.Close(CloseCode.RateAbuse, ClientConnection.RateAbuse);
        }
        catch (Exception cause)
        {
            await replies.RefuseAsync(request, replies.Fault(cause, envelope.Type, connection));
        }
    }

    /// <summary>The refusal of a request that does not get to its command; null if it does. The order of the checks matters.</summary>
    private ErrorReply? RefuseBeforehand(Request request, Command? command, RateVerdict asked, ErrorReply? fault)
    {
        // First, so that a flood is told of nothing else. Its messages were read only for their correlationId and type.
        if (request.Connection.Rate.Settle(asked, command is { IsConflated: true }) is { } tooMany) return Limited(tooMany, asked.Setting);

        // Before the unknown type: a broken envelope may have no type, and a client that wraps its fields should learn that whatever the type.
        if (fault is not null) return fault;
        if (request.Envelope.WrapsFields && command is not { HasPayload: true }) return Envelope.FieldsAreWrapped;
        if (command is null) return Unknown(request.Envelope.Type);
        if (command.NeedsIdentity && request.Connection.Caller is null) return NoIdentity;

        // Last, so that it counts only requests that would be tried.
        return command.IsMembershipAction ? membershipRate.TryTakeAtOnce(request.Connection.Caller!.UserId) : null;
    }

    private ErrorReply Limited(ErrorReply error, string limit)
    {
        metrics.RateLimited(limit);
        return error;
    }

    private static ErrorReply Unknown(string type) => new(
        ErrorCode.UnknownType,
        type.Length <= 64 ? $"There is no request of type {type}." : "There is no request of this type.");
}
