using RoomWs.Protocol;
using RoomWs.Protocol.Connection;
using RoomWs.Server.Fanout;
using RoomWs.Server.Model;
using RoomWs.Server.Wire;

namespace RoomWs.Server.Dispatch;

/// <summary>What a handler made of a request: a refusal, an answer, or a change that is to be told.</summary>
internal abstract record Outcome
{
    /// <summary>Nothing happened.</summary>
    /// <param name="Error">The reply.</param>
    /// <param name="Close">How to close the connection after it, where it cannot go on.</param>
    public sealed record Refused(ErrorReply Error, CloseCode? Close = null) : Outcome;

    /// <summary>There is nothing to tell others.</summary>
    /// <param name="Reply">The reply.</param>
    public sealed record Answered(OutboundMessage Reply) : Outcome
    {
        /// <summary>The room that the reply shows, where a change that was not needed shows one.</summary>
        public string? RoomId { get; init; }

        /// <summary>What to send once the reply is queued, and so behind it. For commands about the connection itself.</summary>
        public Func<Task>? Afterwards { get; init; }
    }

    /// <summary>Answered under the room's gate, for what shows or touches the fleeting things of the room.</summary>
    /// <param name="Reply">Makes the reply; called under the gate, at most once, and so without a look at the database.</param>
    public sealed record AnsweredAtGate(Func<LiveRoom, OutboundMessage> Reply) : Outcome;

    /// <summary>Something changed, and is announced once it is durable. Whatever a handler has written it owns up to with this.</summary>
    /// <param name="Reply">What the requester's own socket gets.</param>
    /// <param name="Change">What the others get.</param>
    public sealed record Changed(OutboundMessage Reply, RoomChange Change) : Outcome
    {
        /// <summary>What an idempotencyKey keeps of the reply, where that is not all of it.</summary>
        public OutboundMessage Kept { get; init; } = Reply;

        /// <summary>Whether the reply is the list of members: a socket that takes deltas is shown what changed in its place.</summary>
        public bool ShowsMembers { get; init; }

        /// <summary>What the audit trail keeps beside who, what, when and where.</summary>
        public AuditNote Note { get; init; } = AuditNote.None;
    }

    /// <summary>The handler has sent all that there was to reply.</summary>
    public static readonly Outcome Done = new Sent();

    internal sealed record Sent : Outcome;

    public static implicit operator Outcome(ErrorReply error) => new Refused(error);

    public static Outcome Answer(OutboundMessage reply) => new Answered(reply);

    public static Outcome Answer(ServerMessage reply) => new Answered(reply);

    /// <summary>A change of members that there was no need of: all is as it was asked for.</summary>
    public static Outcome Unchanged(RoomSnapshot room) => new Answered(room.MembersUpdated) { RoomId = room.Id };

    /// <summary>A change of which everyone in the room hears the same, the requester as the reply to its request.</summary>
    public static Outcome ChangedForAll(RoomSnapshot after, OutboundMessage message, AuditNote note) =>
        new Changed(message, new RoomChange(after.Id, after, new RoomEvent(message, after.MemberIds))) { Note = note };

    /// <summary>A change of members that the requester is shown like everyone else.</summary>
    /// <param name="after">The room from then on.</param>
    /// <param name="note">What the audit trail keeps.</param>
    /// <param name="events">Whom to tell what, the list of members among it.</param>
    public static Changed MembersChanged(RoomSnapshot after, AuditNote note, params IReadOnlyList<RoomEvent> events) =>
        new(after.MembersUpdated, new RoomChange(after.Id, after, events)) { ShowsMembers = true, Note = note };

    /// <summary>A change that concerns the requester alone.</summary>
    public static Changed ChangedQuietly(RoomSnapshot after, ServerMessage reply, AuditNote note) =>
        new(reply, new RoomChange(after.Id, after)) { Note = note };
}
