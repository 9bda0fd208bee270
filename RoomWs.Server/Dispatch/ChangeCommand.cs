using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using RoomWs.Protocol;
using RoomWs.Protocol.Connection;
using RoomWs.Server.Fanout;
using RoomWs.Server.Model;
using RoomWs.Server.Storage;
using RoomWs.Server.Storage.Batch;

namespace RoomWs.Server.Dispatch;

/// <summary>A change. Its fields are checked on the connection's thread, then it is queued for the writer, which replies once it is committed.</summary>
internal abstract class ChangeCommand<T>(string type, JsonTypeInfo<T> contract, Func<T, RoomRef> room, IValidator<T> validator, ChangeTraits traits, WriteQueue writes, RoomDirectory rooms, MembershipRate membershipRate)
    : Command<T>(type, contract)
    where T : class
{
    /// <summary>The bytes of a reply that may be of any length: its change waits for all others, and they for it.</summary>
    private const long Unknown = int.MaxValue;

    /// <summary>The ids in a request, and the bytes of it, that take the writer about as long as a short job does.</summary>
    private const int IdsPerJob = 2, BytesPerJob = 4_096;

    /// <summary>The members of a room, and the bytes of a reply that shows it, that take the writer about as long: to tell them, and to encode it.</summary>
    private const int MembersPerJob = 500, ReplyBytesPerJob = 8_192;

    /// <summary>The members of a room that is deleted with all that belongs to it.</summary>
    private const int DeletedMembersPerJob = 4;

    /// <summary>What takes about as long as to show or delete a room that is not in memory, and may be large.</summary>
    private const int JobsOfUnknownRoom = 256;

    public override bool IsChange => true;

    public override bool IsMembershipAction => traits.HasFlag(ChangeTraits.MembershipAction);

    /// <summary>Whether the audit trail leaves this change out.</summary>
    public bool IsContent => traits.HasFlag(ChangeTraits.Content);

    /// <summary>The error code of the reply if the change cannot be stored.</summary>
    public ErrorCode Failure => traits.HasFlag(ChangeTraits.Leave) ? ErrorCode.LeaveFailed : ErrorCode.InternalError;

    /// <summary>Whether a membership action is taken in the turn of the change, and not before.</summary>
    private bool IsPaidInTurn => IsMembershipAction && membershipRate.TakesInTurn;

    public RoomRef RoomOf(T command) => room(command);

    /// <summary>The command encoded by its contract. A request and its retry encode to the same bytes.</summary>
    public byte[] Canonical(T command) => JsonSerializer.SerializeToUtf8Bytes(command, Contract);

    /// <summary>
    /// What a request costs the writer, in short jobs: by what it names, since nobody knows beforehand what is to be done with that. In the user's share also
    /// the rows beside the change, and what is done for the room's members. Only a room in memory is looked at: this runs for every change.
    /// </summary>
    public (int Cost, int Share) SizeOf(T command, int bytes, bool hasKey)
    {
        var cost = 1 + (Count(command) / IdsPerJob) + (bytes / BytesPerJob);
        var share = cost + (IsContent ? 0 : 1) + (hasKey ? 1 : 0);
        if (room(command).Id is not { } id || rooms.Peek(id) is not { } present)
        {
            return (cost, share + ((traits & (ChangeTraits.ShowsRoom | ChangeTraits.EndsRoom)) == ChangeTraits.None ? 0 : JobsOfUnknownRoom));
        }

        share += present.MemberCount / (traits.HasFlag(ChangeTraits.EndsRoom) ? DeletedMembersPerJob : MembersPerJob);
        if (traits.HasFlag(ChangeTraits.ShowsRoom)) share += (int)(present.ReplyBytes / ReplyBytesPerJob);
        return (cost, share);
    }

    /// <summary>Names what <see cref="RefuseTurn"/> looks at. Writer's thread only.</summary>
    public void NeedTurn(Caller caller, Needs needs)
    {
        if (IsMembershipAction) membershipRate.Need(caller.UserId, needs);
    }

    /// <summary>The refusal of a caller who has no membership action left, before anything else is done; null if it has one, which it pays. Writer's thread only.</summary>
    public ErrorReply? RefuseTurn(Caller caller, WriteScope write) => IsPaidInTurn ? membershipRate.TryTake(caller.UserId, write) : null;

    /// <summary>Names what <see cref="Handle"/> looks at. Writer's thread only.</summary>
    public abstract void Need(T command, Caller caller, Needs needs);

    /// <summary>Makes the change, or refuses it. Writer's thread only.</summary>
    public abstract Outcome Handle(T command, Caller caller, WriteScope write);

    /// <summary>Answers a request that asks for what is so already. False if it has to go to the writer. Connection's thread only.</summary>
    protected virtual bool TryAnswerNeedless(T command, Request request) => false;

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

        // Not behind changes of its own, which are answered first and may make it needful; and not with a key, whose first reply only the writer finds, or where only the
        // writer knows whether its caller may ask for it.
        if (connection.PendingWrites == 0 && request.Envelope.IdempotencyKey is null && !IsPaidInTurn && TryAnswerNeedless(command, request)) return;

        // Where the client has left, nobody would get the reply, and so nothing is done.
        if (await connection.StartWriteAsync(ReplyBytes(command))) writes.Enqueue(new ChangeJob<T>(this, command, request, replies));
        else replies.EndSilently(request);
    }

    /// <summary>What the reply may take, before the change is made. Only a room in memory is looked at: this runs for every change.</summary>
    private long ReplyBytes(T command)
    {
        if ((traits & (ChangeTraits.ShowsRoom | ChangeTraits.MakesRoom)) == ChangeTraits.None) return 0;
        var present = room(command).Id is { } id ? rooms.Peek(id) : null;
        return present?.ReplyBytes ?? (traits.HasFlag(ChangeTraits.MakesRoom) ? 0 : Unknown);
    }
}

/// <summary>How a change differs from others.</summary>
[Flags]
internal enum ChangeTraits
{
    None = 0,

    /// <summary>It counts against MembershipActionsPerMinute.</summary>
    MembershipAction = 1,

    /// <summary>It adds something that is stored with its author already, so it is not on the audit trail. Every other change is.</summary>
    Content = 2,

    /// <summary>If it cannot be stored, the reply is LEAVE_FAILED.</summary>
    Leave = 4,

    /// <summary>Its reply may show all members of a room, and so be as large as the room.</summary>
    ShowsRoom = 8,

    /// <summary>Its reply shows a room that it makes, whose members the request names. Only a retry finds the room, as large as it has become.</summary>
    MakesRoom = 16,

    /// <summary>It deletes a room, with all that belongs to it.</summary>
    EndsRoom = 32,
}

/// <summary>A change of an existing room, or of what belongs to it. The caller's role is checked in the writer's turn.</summary>
internal sealed class RoomChangeCommand<T>(string type, JsonTypeInfo<T> contract, Func<T, RoomRef> room, RoomAction requires, IRoomChangeHandler<T> handler, ChangeTraits traits, WriteQueue writes, RoomDirectory rooms, MembershipRate membershipRate, RoomAnswers answers, Strangers strangers)
    : ChangeCommand<T>(type, contract, room, handler, traits, writes, rooms, membershipRate)
    where T : class
{
    public override RoomAction? Requires => requires;

    /// <summary>Membership actions are counted already. What takes its caller out of a room counts for nothing, and says the same where there is no room.</summary>
    private bool CountsStrangers => !IsMembershipAction && requires is not (RoomAction.Leave or RoomAction.CancelRequest);

    protected override bool TryAnswerNeedless(T command, Request request) =>
        handler is INeedlessChange<T> needless && answers.TryAnswer(request, RoomOf(command), requires, room => needless.Needless(command, request.Connection.Caller!, room));

    public override void Need(T command, Caller caller, Needs needs)
    {
        var name = RoomOf(command);
        var ofRoom = needs.Room(name.Id, name.Slug);
        ofRoom.Members.Add(caller.UserId);
        if (CountsStrangers) strangers.Need(name, caller.UserId, needs);
        handler.Need(command, caller, ofRoom, needs);
    }

    public override Outcome Handle(T command, Caller caller, WriteScope write)
    {
        if (Authority.Check(RoomOf(command), requires, caller, write, out var room) is not { } refusal) return handler.Handle(command, caller, room!, write);
        return CountsStrangers ? strangers.Refuse(refusal, room?.Role, caller, write) : refusal;
    }
}

/// <summary>A change whose request names no existing room.</summary>
internal sealed class FreeChangeCommand<T>(string type, JsonTypeInfo<T> contract, Func<T, RoomRef> room, IChangeHandler<T> handler, ChangeTraits traits, WriteQueue writes, RoomDirectory rooms, MembershipRate membershipRate)
    : ChangeCommand<T>(type, contract, room, handler, traits, writes, rooms, membershipRate)
    where T : class
{
    public override void Need(T command, Caller caller, Needs needs) => handler.Need(command, caller, needs);

    public override Outcome Handle(T command, Caller caller, WriteScope write) => handler.Handle(command, caller, write);
}
