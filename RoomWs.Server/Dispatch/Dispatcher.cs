using RoomWs.Protocol;
using RoomWs.Protocol.Connection;
using RoomWs.Server.Configuration;
using RoomWs.Server.Metrics;
using RoomWs.Server.Sessions;

namespace RoomWs.Server.Dispatch;

/// <summary>Takes each message of a connection to its command, and holds the only general catch.</summary>
/// <param name="find">The command of a type; null where there is none.</param>
/// <param name="replies">How requests are answered.</param>
/// <param name="membershipRate">How often a user may join, leave and use invites.</param>
/// <param name="metrics">What is told of requests.</param>
internal sealed class Dispatcher(Func<string, Command?> find, Replies replies, MembershipRate membershipRate, ServerMetrics metrics)
{
    private static readonly ErrorReply NoIdentity = new(
        ErrorCode.Unauthorized,
        "This needs an identity: send HELLO with a token first, or connect with one.");

    /// <summary>Called by the connection's read loop, one message at a time; the buffer is its own again when the task ends.</summary>
    public async ValueTask DispatchAsync(ClientConnection connection, ReadOnlyMemory<byte> message)
    {
        var startedAt = metrics.RequestStarts();
        var fault = Envelope.Read(message, out var envelope);
        var command = find(envelope.Type);
        var request = new Request(connection, envelope, message, new(command?.Type ?? ServerMetrics.UnknownType, startedAt));
        try
        {
            if (RefuseBeforehand(request, command, fault) is { } refusal) await replies.RefuseAsync(request, refusal);
            else await command!.ExecuteAsync(request, replies);

            if (connection.Rate.IsAbused) connection.Close(CloseCode.RateAbuse, "requests kept coming over the rate limit");
        }
        catch (Exception cause)
        {
            await replies.RefuseAsync(request, replies.Fault(cause, envelope.Type, connection));
        }
    }

    /// <summary>What keeps a request from its command; null where nothing does. The order of the checks matters.</summary>
    private ErrorReply? RefuseBeforehand(Request request, Command? command, ErrorReply? fault)
    {
        // First, so that a message costs its sender whatever else is wrong with it.
        if (request.Connection.Rate.TryTake(command is { IsConflated: true }) is { } tooMany) return Limited(tooMany, nameof(LimitOptions.RequestsPerSecond));

        // What is no envelope has no type that could be known; and one that wraps its fields says so whatever its type.
        if (fault is not null) return fault;
        if (request.Envelope.WrapsFields && command is not { HasPayload: true }) return Envelope.FieldsAreWrapped;
        if (command is null) return Unknown(request.Envelope.Type);
        if (command.NeedsIdentity && request.Connection.Caller is null) return NoIdentity;

        // Last, so that it counts only what would be tried.
        return command.IsMembershipAction && membershipRate.TryTake(request.Connection.Caller!.UserId) is { } tooOften
            ? Limited(tooOften, nameof(LimitOptions.MembershipActionsPerMinute))
            : null;
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
