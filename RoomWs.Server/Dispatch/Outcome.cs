using RoomWs.Protocol;
using RoomWs.Protocol.Connection;
using RoomWs.Server.Fanout;
using RoomWs.Server.Model;
using RoomWs.Server.Wire;

namespace RoomWs.Server.Dispatch;

/// <summary>What a handler made of a request: a refusal, an answer, or a change that has to be told.</summary>
internal abstract record Outcome
{
    /// <summary>Nothing happened.</summary>
    /// <param name="Error">The reply.</param>
    /// <param name="Close">The code to close the connection with after the reply, if it cannot go on. Null to keep it open.</param>
    public sealed record Refused(ErrorReply Error, CloseCode? Close = null) : Outcome;

    /// <summary>Nothing has to be told to others.</summary>
    /// <param name="Reply">The reply.</param>
    public sealed record Answered(OutboundMessage Reply) : Outcome
    {
        /// <summary>The room that the reply shows, for a change that was not needed. Null if it shows none.</summary>
        public string? RoomId { get; init; }

        /// <summary>How the reply is made anew from the room, which the idempotency record must not keep. Null if the reply shows no room.</summary>
        public RoomReply? Shows { get; init; }

        /// <summary>What the requester's socket has seen of boards by the reply. Noted when the reply is made to be queued; null for nothing.</summary>
        public BoardMark? Mark { get; init; }

        /// <summary>Runs once the reply is queued, so that what it sends comes after the reply. For connection commands only.</summary>
        public Func<Task>? Afterwards { get; init; }
    }

    /// <summary>An answer that is made under the room's gate, because it shows or changes the live state of the room.</summary>
    /// <param name="Reply">Makes the reply. Called under the gate, so it must not call the database; called at most once.</param>
    public sealed record AnsweredAtGate(Func<LiveRoom, OutboundMessage> Reply) : Outcome;

    /// <summary>An answer that shows who is online. It is made anew if somebody's presence is told in the room before it is queued.</summary>
    /// <param name="Reply">Makes the reply. Must not call the database; may be called under the gate.</param>
    public sealed record ShowingPresence(Func<OutboundMessage> Reply) : Outcome;

    /// <summary>Something changed. It is announced once it is committed. A handler that has written anything must return this.</summary>
    /// <param name="Reply">The reply to the requester's own socket.</param>
    /// <param name="Change">The change, with the events for the others.</param>
    public sealed record Changed(OutboundMessage Reply, RoomChange Change) : Outcome
    {
        /// <summary>The reply that the idempotency record keeps. Differs from the reply if that must not be stored whole.</summary>
        public OutboundMessage Kept { get; init; } = Reply;

        /// <summary>How the reply is made anew from the room, which the idempotency record must not keep. Null if the reply shows no room.</summary>
        public RoomReply? Shows { get; init; }

        /// <summary>Whether the reply is the member list. A socket that takes deltas gets the delta in its place.</summary>
        public bool ShowsMembers => Shows == RoomReply.Members;

        /// <summary>What the audit trail keeps in addition to user, action, time and room.</summary>
        public AuditNote Note { get; init; } = AuditNote.None;
    }

    /// <summary>The handler has sent all replies itself.</summary>
    public static readonly Outcome Done = new Sent();

    /// <summary>The type of <see cref="Done"/>.</summary>
    internal sealed record Sent : Outcome;

    public static implicit operator Outcome(ErrorReply error) => new Refused(error);

    public static Outcome Answer(OutboundMessage reply) => new Answered(reply);

    public static Outcome Answer(ServerMessage reply) => new Answered(reply);

    /// <summary>A change of members that was not needed: everything is already as requested.</summary>
    public static Outcome Unchanged(RoomSnapshot room) => Unchanged(RoomReply.Members, room);

    /// <summary>A change that was not needed, answered with a reply that shows the room.</summary>
    public static Outcome Unchanged(RoomReply reply, RoomSnapshot room) => new Answered(reply.Of(room)) { RoomId = room.Id, Shows = reply };

    /// <summary>A change whose reply shows the room after it.</summary>
    /// <param name="reply">The reply.</param>
    /// <param name="change">The change, which must not have ended the room.</param>
    public static Changed ChangedShowing(RoomReply reply, RoomChange change) => new(reply.Of(change.After!), change) { Shows = reply };

    /// <summary>A change that is told to all members by the same message; the requester gets it as the reply.</summary>
    public static Outcome ChangedForAll(RoomSnapshot after, OutboundMessage message, AuditNote note, BoardMark? mark = null) =>
        new Changed(message, new RoomChange(after.Id, after, new RoomEvent(message, RoomAudience.Members) { Mark = mark })) { Note = note };

    /// <summary>A change of members. The requester gets the member list like everyone else, as the reply.</summary>
    /// <param name="after">The room after the change.</param>
    /// <param name="note">The audit note.</param>
    /// <param name="events">The events for the others, the member list among them.</param>
    public static Changed MembersChanged(RoomSnapshot after, AuditNote note, params IReadOnlyList<RoomEvent> events) =>
        ChangedShowing(RoomReply.Members, new RoomChange(after.Id, after, events)) with { Note = note };

    /// <summary>A change that is told to nobody but the requester.</summary>
    public static Changed ChangedQuietly(RoomSnapshot after, ServerMessage reply, AuditNote note) =>
        new(reply, new RoomChange(after.Id, after)) { Note = note };
}
