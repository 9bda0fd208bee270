using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using RoomWs.Protocol.Connection;
using RoomWs.Server.Model;

namespace RoomWs.Server.Dispatch;

/// <summary>One line of the table of commands: a type of request, its contract, and the way to its handler.</summary>
internal abstract class Command(string type)
{
    public string Type => type;

    /// <summary>Whether it acts for a user, and is refused where there is none.</summary>
    public virtual bool NeedsIdentity => true;

    /// <summary>What the caller must be allowed to do in the room; null where the request names no room.</summary>
    public virtual RoomAction? Requires => null;

    /// <summary>Whether it changes something that is stored.</summary>
    public virtual bool IsChange => false;

    /// <summary>Whether it counts in MembershipActionsPerMinute.</summary>
    public virtual bool IsMembershipAction => false;

    /// <summary>Whether sending it too fast loses the older ones instead of being refused: it has a rate of its own.</summary>
    public virtual bool IsConflated => false;

    /// <summary>Whether it has a field called payload. In any other message that is the mark of a client that wraps all fields in one.</summary>
    public abstract bool HasPayload { get; }

    /// <summary>Handles the request and sees to its one reply. Ends before the reply is out where the writer will send it.</summary>
    public abstract ValueTask ExecuteAsync(Request request, Replies replies);
}

/// <summary>A command whose request has this contract.</summary>
internal abstract class Command<T>(string type, JsonTypeInfo<T> contract) : Command(type)
    where T : class
{
    public override bool HasPayload { get; } = contract.Properties.Any(property => property.Name == "payload");

    protected JsonTypeInfo<T> Contract => contract;

    /// <summary>The request as its contract has it; else what is wrong with it.</summary>
    protected bool TryParse(Request request, out T command, out ErrorReply? fault)
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
