using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using RoomWs.Protocol;

namespace RoomWs.Server.Dispatch;

/// <summary>A change: checked here, then queued for the writer, which replies once it is committed.</summary>
internal sealed class ChangeCommand<T>(
    string type,
    JsonTypeInfo<T> contract,
    Func<T, string?> room,
    IChangeHandler<T> handler,
    ErrorCode failure = ErrorCode.InternalError,
    bool isMembershipAction = false,
    bool isContent = false) : Command(type)
    where T : class
{
    public override bool NeedsIdentity => true;

    public override bool IsMembershipAction => isMembershipAction;

    /// <summary>What the reply says when the change could not be stored.</summary>
    public ErrorCode Failure => failure;

    /// <summary>
    /// Whether what it adds is stored with its author and time already, as all of a stream: the audit trail holds every other change.
    /// </summary>
    public bool IsContent => isContent;

    public IChangeHandler<T> Handler => handler;

    public string? RoomOf(T command) => room(command);

    /// <summary>The command as its contract has it, which is what two sendings of one request have in common.</summary>
    public byte[] Canonical(T command) => JsonSerializer.SerializeToUtf8Bytes(command, contract);

    public override ValueTask ExecuteAsync(Request request, Replies replies)
    {
        if (!TryParse(request, contract, out var command, out var fault)) return replies.RefuseAsync(request, fault!);
        if (handler.Validate(command) is { } invalid) return replies.RefuseAsync(request, invalid, room(command));
        return replies.EnqueueAsync(request, this, command);
    }
}
