using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using RoomWs.Protocol;
using RoomWs.Protocol.Connection;
using RoomWs.Server.Transport;

namespace RoomWs.Server.Dispatch;

/// <summary>A request as it came in; good until its command's task has ended, for it lies in the receive buffer.</summary>
internal readonly record struct Request(ClientConnection Connection, Envelope Envelope, ReadOnlyMemory<byte> Message);

/// <summary>One line of the <see cref="CommandTable"/>: a type of request, its contract, and the way to its handler.</summary>
internal abstract class Command(string type)
{
    public string Type => type;

    /// <summary>Whether it acts for a user, and is refused where there is none.</summary>
    public abstract bool NeedsIdentity { get; }

    /// <summary>Whether it counts against the user's allowance of joins, leaves and invites.</summary>
    public virtual bool IsMembershipAction => false;

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

/// <summary>A change: checked here, then queued for the writer, which replies once it is committed.</summary>
internal sealed class ChangeCommand<T>(
    string type,
    JsonTypeInfo<T> contract,
    Func<T, string?> room,
    IChangeHandler<T> handler,
    ErrorCode failure = ErrorCode.InternalError,
    bool isMembershipAction = false) : Command(type)
    where T : class
{
    public override bool NeedsIdentity => true;

    public override bool IsMembershipAction => isMembershipAction;

    /// <summary>What the reply says when the change could not be stored.</summary>
    public ErrorCode Failure => failure;

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

/// <summary>A look at what is committed, answered on the connection's own thread.</summary>
internal sealed class QueryCommand<T>(string type, JsonTypeInfo<T> contract, Func<T, string?> room, IQueryHandler<T> handler) : Command(type)
    where T : class
{
    /// <summary>How often a room may change under a read before the read makes it wait.</summary>
    private const int OptimisticReads = 3;

    public override bool NeedsIdentity => true;

    public override async ValueTask ExecuteAsync(Request request, Replies replies)
    {
        // The client's own changes before this request have to be seen by it, and answered first.
        await request.Connection.WritesDoneAsync();

        if (!TryParse(request, contract, out var command, out var fault) || (fault = handler.Validate(command)) is not null)
        {
            await replies.RefuseAsync(request, fault!);
            return;
        }

        var caller = request.Connection.Caller!;
        for (var attempt = 1; ; attempt++)
        {
            var outcome = handler.Handle(command, caller);
            if (replies.TryAnswer(request, outcome, room(command))) return;
            if (attempt >= OptimisticReads && outcome is Outcome.Answered { Seen: { } seen })
            {
                // The room changes faster than it can be read: with its gate held it stands still.
                lock (seen.Room.Gate)
                {
                    if (replies.TryAnswer(request, handler.Handle(command, caller), room(command))) return;
                }
            }
        }
    }
}

/// <summary>A command about the connection itself.</summary>
internal sealed class ConnectionCommand<T>(string type, JsonTypeInfo<T> contract, IConnectionHandler<T> handler) : Command(type)
    where T : class
{
    public override bool NeedsIdentity => false;

    public override async ValueTask ExecuteAsync(Request request, Replies replies)
    {
        await request.Connection.WritesDoneAsync();
        if (!TryParse(request, contract, out var command, out var fault))
        {
            await replies.RefuseAsync(request, fault!);
            return;
        }

        var outcome = await handler.HandleAsync(command, request.Connection);
        replies.TryAnswer(request, outcome, null);
        if (outcome is Outcome.Answered { Afterwards: { } afterwards }) await afterwards();
    }
}
