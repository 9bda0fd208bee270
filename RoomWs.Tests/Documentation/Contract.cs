using System.Reflection;
using RoomWs.Protocol;
using RoomWs.Server.Dispatch;

namespace RoomWs.Tests.Documentation;

/// <summary>What the record of a request declares, as names of the wire.</summary>
internal sealed class Contract
{
    /// <summary>What any request may get, whatever it asks for.</summary>
    private static readonly ErrorCode[] Common = [ErrorCode.ValidationError, ErrorCode.RateLimited, ErrorCode.InternalError];

    private static readonly Type[] Records = [.. typeof(MessageTypes).Assembly.GetExportedTypes()];

    /// <summary>Every value that the <c>type</c> of a message can have.</summary>
    public static IReadOnlyList<string> MessageTypeNames { get; } =
        [.. typeof(MessageTypes).GetFields(BindingFlags.Public | BindingFlags.Static).Select(field => (string)field.GetValue(null)!)];

    /// <summary>Each record that the server sends, with what it says of itself.</summary>
    public static IReadOnlyDictionary<Type, MessageAttribute> Messages { get; } =
        Records.Where(record => record.IsSubclassOf(typeof(ServerMessage))).ToDictionary(record => record, MessageAttribute.Of);

    /// <summary>The contracts of all requests.</summary>
    public static IReadOnlyList<Contract> All { get; } =
        [.. Records.Where(record => record.IsDefined(typeof(RequestAttribute), inherit: false)).Select(record => new Contract(record))];

    private Contract(Type record) => (Record, Request, Tells) = (record, RequestAttribute.Of(record), [.. record.GetCustomAttributes<TellsAttribute>()]);

    public Type Record { get; }

    public RequestAttribute Request { get; }

    public IReadOnlyList<TellsAttribute> Tells { get; }

    public string Type => Request.Type;

    public IEnumerable<Type> Events => Tells.SelectMany(tells => tells.Events);

    /// <summary>Whether success has no reply.</summary>
    public bool IsSilent => Request.Replies.Count == 0;

    public static Contract? Find(string type) => All.FirstOrDefault(contract => contract.Type == type);

    /// <summary>Whether a message has one of these types, or comes in the place of one.</summary>
    public static bool IsOneOf(string type, IEnumerable<Type> messages) =>
        messages.Any(message => Messages[message].Type == type || Messages.Values.Any(other => other.Type == type && other.InPlaceOf == message));

    /// <summary>The errors that a request of this contract may get.</summary>
    /// <param name="command">The command that it is for.</param>
    /// <param name="isKeyed">Whether the request has an idempotencyKey.</param>
    public IEnumerable<ErrorCode> ErrorsOf(Command command, bool isKeyed) =>
    [
        .. Common,
        .. Request.Errors,
        .. command.NeedsIdentity ? [ErrorCode.Unauthorized] : Array.Empty<ErrorCode>(),
        .. command.IsChange && isKeyed ? [ErrorCode.Conflict, ErrorCode.Forbidden] : Array.Empty<ErrorCode>(),
    ];
}
