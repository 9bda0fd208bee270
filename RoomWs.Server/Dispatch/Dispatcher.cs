using RoomWs.Protocol;
using RoomWs.Protocol.Connection;
using RoomWs.Server.Configuration;
using RoomWs.Server.Hosting;
using RoomWs.Server.Metrics;
using RoomWs.Server.Sessions;
using RoomWs.Server.Wire;

namespace RoomWs.Server.Dispatch;

/// <summary>Takes each message of a connection to its command, and holds the only general catch.</summary>
internal sealed class Dispatcher(CommandTable table, Replies replies, MembershipRate membershipRate, ServerMetrics metrics)
{
    private static readonly ErrorReply NoIdentity = new(
        ErrorCode.Unauthorized,
        "This needs an identity: send HELLO with a token first, or connect with one.");

    /// <summary>Called by the connection's read loop, one message at a time; the buffer is its own again when the task ends.</summary>
    public async ValueTask DispatchAsync(ClientConnection connection, ReadOnlyMemory<byte> message)
    {
        var startedAt = metrics.RequestStarts();
        var fault = Envelope.Read(message, out var envelope);
        var command = table.Find(envelope.Type);
        var request = new Request(connection, envelope, message, new(command?.Type ?? ServerMetrics.UnknownType, startedAt));
        try
        {
            if (connection.Rate.Refuse(command is { IsConflated: true }, out var abuse) is { } limited) await RefuseAsync(request, limited, nameof(LimitOptions.RequestsPerSecond));
            else if (fault is not null) await replies.RefuseAsync(request, fault);
            else if (command is null) await replies.RefuseAsync(request, Unknown(envelope.Type));
            else if (command.NeedsIdentity && connection.Caller is null) await replies.RefuseAsync(request, NoIdentity);
            else if (command.IsMembershipAction && membershipRate.Refuse(connection.Caller!.UserId) is { } tooOften) await RefuseAsync(request, tooOften, nameof(LimitOptions.MembershipActionsPerMinute));
            else await command.ExecuteAsync(request, replies);

            if (abuse) connection.Close(CloseCode.RateAbuse, "requests kept coming over the rate limit");
        }
        catch (Exception cause)
        {
            await connection.WritesDoneAsync();
            connection.Reply(((OutboundMessage)replies.Fault(cause, envelope.Type, connection)).Reply(envelope.CorrelationId));
            metrics.RequestEnds(request.Measured, ErrorCode.InternalError);
        }
    }

    private ValueTask RefuseAsync(Request request, ErrorReply error, string limit)
    {
        metrics.RateLimited(limit);
        return replies.RefuseAsync(request, error);
    }

    private static ErrorReply Unknown(string type) => new(
        ErrorCode.UnknownType,
        type.Length <= 64 ? $"There is no request of type {type}." : "There is no request of this type.");
}
