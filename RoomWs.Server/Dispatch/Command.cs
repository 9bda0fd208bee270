using System.Collections;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using RoomWs.Protocol.Connection;
using RoomWs.Server.Model;

namespace RoomWs.Server.Dispatch;

/// <summary>One row of the command table: a type of request, its contract, and how its handler is called.</summary>
internal abstract class Command(string type)
{
    public string Type => type;

    /// <summary>Whether the command acts for a user. It is refused on a connection without an identity.</summary>
    public virtual bool NeedsIdentity => true;

    /// <summary>The action that the caller must be allowed to do in the room. Null if no role is checked before the handler.</summary>
    public virtual RoomAction? Requires => null;

    /// <summary>Whether the command changes something that is stored.</summary>
    public virtual bool IsChange => false;

    /// <summary>Whether the command counts against MembershipActionsPerMinute.</summary>
    public virtual bool IsMembershipAction => false;

    /// <summary>
    /// Whether a newer request of this type replaces an older one. Such requests have a rate limit of their own, and are not refused when they
    /// come too fast.
    /// </summary>
    public virtual bool IsConflated => false;

    /// <summary>Whether the contract has a field named payload. In any other request, payload means a client that wraps all fields in it.</summary>
    public abstract bool HasPayload { get; }

    /// <summary>Handles the request and makes sure that it gets its reply. If the writer sends the reply, the task ends before that.</summary>
    public abstract ValueTask ExecuteAsync(Request request, Replies replies);
}

/// <summary>A command whose requests have the contract <typeparamref name="T"/>.</summary>
internal abstract class Command<T>(string type, JsonTypeInfo<T> contract) : Command(type)
    where T : class
{
    public override bool HasPayload { get; } = contract.Properties.Any(property => property.Name == "payload");

    /// <summary>Whatever names many things: each list that the contract has. Found from the contract, so that a new command pays for its lists, too.</summary>
    private readonly Func<object, object?>[] _lists =
        [.. contract.Properties.Where(property => property.PropertyType != typeof(string) && property.PropertyType.IsAssignableTo(typeof(IEnumerable))).Select(property => property.Get!)];

    protected JsonTypeInfo<T> Contract => contract;

    /// <summary>Parses the request by its contract. False, with the refusal in <paramref name="fault"/>, if it does not fit.</summary>
    protected bool TryParse(Request request, out T command, out ErrorReply? fault)
    {
        try
        {
            command = JsonSerializer.Deserialize(request.Message.Span, contract)!;
            // Before anything is checked: ids that are too many or wrong cost the same.
            if (_lists.Length > 0) request.Connection.Rate.ChargeIds(Count(command));
            fault = NulFault.Find(contract, request.Message.Span);
            return fault is null;
        }
        catch (JsonException exception)
        {
            command = null!;
            fault = FieldFault.Explain(contract, exception, request.Message.Span);
            return false;
        }
    }

    /// <summary>Parses the request, and checks its fields by the rules that need no look at a room.</summary>
    protected bool TryParse(Request request, IValidator<T> validator, out T command, out ErrorReply? fault) =>
        TryParse(request, out command, out fault) && (fault = validator.Validate(command, request.Connection.Caller!)) is null;

    /// <summary>How many things the request names in its lists.</summary>
    protected int Count(T command)
    {
        var count = 0;
        foreach (var list in _lists) count += list(command) is ICollection entries ? entries.Count : 0;
        return count;
    }
}
