using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using RoomWs.Protocol.Connection;
using RoomWs.Server.Hosting;
using RoomWs.Server.Metrics;
using RoomWs.Server.Sessions;

namespace RoomWs.Server.Dispatch;

/// <summary>A request as it came in; good until its command's task has ended, for it lies in the receive buffer.</summary>
/// <param name="Connection">Whose it is.</param>
/// <param name="Envelope">What it has in common with all others.</param>
/// <param name="Message">All of it.</param>
/// <param name="Measured">What is measured of it.</param>
internal readonly record struct Request(ClientConnection Connection, Envelope Envelope, ReadOnlyMemory<byte> Message, RequestMeasurement Measured);

/// <summary>One line of the <see cref="CommandTable"/>: a type of request, its contract, and the way to its handler.</summary>
internal abstract class Command(string type)
{
    public string Type => type;

    /// <summary>Whether it acts for a user, and is refused where there is none.</summary>
    public abstract bool NeedsIdentity { get; }

    /// <summary>Whether it counts against the user's allowance of joins, leaves and invites.</summary>
    public virtual bool IsMembershipAction => false;

    /// <summary>Whether sending it too fast loses the older ones instead of being refused: it has an allowance of its own.</summary>
    public virtual bool IsConflated => false;

    /// <summary>Handles the request and sees to its one reply. Ends before the reply is out where the writer will send it.</summary>
    public abstract ValueTask ExecuteAsync(Request request, Replies replies);

    protected static bool TryParse<T>(Request request, JsonTypeInfo<T> contract, out T command, out ErrorReply? fault)
        where T : class
    {
        try
        {
            command = JsonSerializer.Deserialize(request.Message.Span, contract)!;
            fault = null;
            return true;
        }
        catch (JsonException exception)
        {
            command = null!;
            fault = FieldFault.Explain(contract, exception, request.Message.Span);
            return false;
        }
    }
}
