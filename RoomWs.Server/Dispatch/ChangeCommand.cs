using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using RoomWs.Protocol;
using RoomWs.Server.Model;
using RoomWs.Server.Storage;

namespace RoomWs.Server.Dispatch;

/// <summary>A change: its fields are checked here, then it is queued for the writer, which replies once it is committed.</summary>
internal abstract class ChangeCommand<T>(string type, JsonTypeInfo<T> contract, Func<T, RoomRef> room, IValidator<T> validator, ChangeTraits traits, WriteQueue writes)
    : Command<T>(type, contract)
    where T : class
{
    /// <summary>How many changes of one connection may wait for the writer before it is read no further.</summary>
    private const int MaxPendingWrites = 256;

    public override bool IsChange => true;

    public override bool IsMembershipAction => traits.HasFlag(ChangeTraits.MembershipAction);

    /// <summary>Whether the audit trail leaves it out.</summary>
    public bool IsContent => traits.HasFlag(ChangeTraits.Content);

    /// <summary>What the reply says when the change could not be stored.</summary>
    public ErrorCode Failure => traits.HasFlag(ChangeTraits.Leave) ? ErrorCode.LeaveFailed : ErrorCode.InternalError;

    public RoomRef RoomOf(T command) => room(command);

    /// <summary>The command as its contract has it, which is what two sendings of one request have in common.</summary>
    public byte[] Canonical(T command) => JsonSerializer.SerializeToUtf8Bytes(command, Contract);

    /// <summary>Makes the change, or says why not. Writer's thread.</summary>
    public abstract Outcome Handle(T command, Caller caller, WriteScope write);

    public override async ValueTask ExecuteAsync(Request request, Replies replies)
    {
        var connection = request.Connection;
        if (!TryParse(request, out var command, out var fault))
        {
            await replies.RefuseAsync(request, fault!);
            return;
        }

        if (validator.Validate(command, connection.Caller!) is { } invalid)
        {
            await replies.RefuseAsync(request, invalid, room(command));
            return;
        }

        if (connection.PendingWrites >= MaxPendingWrites) await connection.WritesDoneAsync();
        connection.WriteStarted();
        writes.Enqueue(new ChangeJob<T>(this, command, request, replies));
    }
}

/// <summary>What is particular about a change.</summary>
[Flags]
internal enum ChangeTraits
{
    None = 0,

    /// <summary>It counts in MembershipActionsPerMinute.</summary>
    MembershipAction = 1,

    /// <summary>What it adds is stored with its author and time already: the audit trail holds every other change.</summary>
    Content = 2,

    /// <summary>Where it cannot be stored, the reply says LEAVE_FAILED.</summary>
    Leave = 4,
}

/// <summary>A change of a room that is there, or of what belongs to it.</summary>
internal sealed class RoomChangeCommand<T>(string type, JsonTypeInfo<T> contract, Func<T, RoomRef> room, RoomAction requires, IRoomChangeHandler<T> handler, ChangeTraits traits, WriteQueue writes)
    : ChangeCommand<T>(type, contract, room, handler, traits, writes)
    where T : class
{
    public override RoomAction? Requires => requires;

    public override Outcome Handle(T command, Caller caller, WriteScope write) =>
        Authority.Check(RoomOf(command), requires, caller, write, out var room) is { } refusal ? refusal : handler.Handle(command, caller, room!, write);
}

/// <summary>A change whose request names no room that is there already.</summary>
internal sealed class FreeChangeCommand<T>(string type, JsonTypeInfo<T> contract, Func<T, RoomRef> room, IChangeHandler<T> handler, ChangeTraits traits, WriteQueue writes)
    : ChangeCommand<T>(type, contract, room, handler, traits, writes)
    where T : class
{
    public override Outcome Handle(T command, Caller caller, WriteScope write) => handler.Handle(command, caller, write);
}
