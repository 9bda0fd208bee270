using RoomWs.Protocol;
using RoomWs.Protocol.Connection;
using RoomWs.Server.Transport;

namespace RoomWs.Server.Dispatch;

/// <summary>Takes each message of a connection to its command, and holds the only general catch.</summary>
internal sealed class Dispatcher(CommandTable table, Replies replies, MembershipRate membershipRate)
{
    private static readonly ErrorReply NoIdentity = new(
        ErrorCode.Unauthorized,
        "This needs an identity: send HELLO with a token first, or connect with one.");

    /// <summary>Called by the connection's read loop, one message at a time; the buffer is its own again when the task ends.</summary>
    public async ValueTask DispatchAsync(ClientConnection connection, ReadOnlyMemory<byte> message)
    {
        var fault = Envelope.Read(message, out var envelope);
        var request = new Request(connection, envelope, message);
        try
        {
            var command = table.Find(envelope.Type);
            if (connection.Rate.Refuse(command is { IsConflated: true }, out var abuse) is { } limited) await replies.RefuseAsync(request, limited);
            else if (fault is not null) await replies.RefuseAsync(request, fault);
            else if (command is null) await replies.RefuseAsync(request, Unknown(envelope.Type));
            else if (command.NeedsIdentity && connection.Caller is null) await replies.RefuseAsync(request, NoIdentity);
            else if (command.IsMembershipAction && membershipRate.Refuse(connection.Caller!.UserId) is { } tooOften) await replies.RefuseAsync(request, tooOften);
            else await command.ExecuteAsync(request, replies);

            if (abuse) connection.Close(CloseCode.RateAbuse, "requests kept coming over the rate limit");
        }
        catch (Exception cause)
        {
            await connection.WritesDoneAsync();
            connection.Reply(((Broadcasting.OutboundMessage)replies.Fault(cause, envelope.Type, connection)).Reply(envelope.CorrelationId));
        }
    }

    private static ErrorReply Unknown(string type) => new(
        ErrorCode.UnknownType,
        type.Length <= 64 ? $"There is no request of type {type}." : "There is no request of this type.");
}
