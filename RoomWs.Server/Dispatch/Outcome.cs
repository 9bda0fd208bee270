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
    /// <param name="Seen">The room that the reply shows, where it shows one.</param>
    public sealed record Answered(OutboundMessage Reply, RoomView? Seen = null) : Outcome
    {
        /// <summary>The room that the reply shows, where the writer read it.</summary>
        public string? RoomId { get; init; }

        /// <summary>What to send once the reply is queued, and so behind it. For commands about the connection itself.</summary>
        public Func<Task>? Afterwards { get; init; }
    }

    /// <summary>Answered with the room's gate held, for what shows or touches the fleeting things under it.</summary>
    /// <param name="Seen">The room as the handler found it; it is asked again where that has changed.</param>
    /// <param name="Reply">Makes the reply; called under the gate.</param>
    public sealed record AnsweredAtGate(RoomView Seen, Func<OutboundMessage> Reply) : Outcome;

    /// <summary>Something changed, and is announced once it is durable. Whatever a handler has written it owns up to with this.</summary>
    /// <param name="Reply">What the requester's own socket gets.</param>
    /// <param name="Change">What the others get.</param>
    public sealed record Changed(OutboundMessage Reply, RoomChange Change) : Outcome
    {
        /// <summary>What an idempotencyKey keeps of the reply, where that is not all of it.</summary>
        public OutboundMessage Kept { get; init; } = Reply;

        /// <summary>What the audit trail keeps beside who, what, when and where.</summary>
        public AuditNote Note { get; init; } = AuditNote.None;
    }

    /// <summary>The handler has sent all that there was to reply.</summary>
    public static readonly Outcome Done = new Sent();

    private sealed record Sent : Outcome;

    /// <summary>The room that the reply shows, where it shows one.</summary>
    public RoomView? Room => this switch
    {
        Answered answered => answered.Seen,
        AnsweredAtGate answered => answered.Seen,
        _ => null,
    };

    public static implicit operator Outcome(ErrorReply error) => new Refused(error);

    public static Outcome Answer(ServerMessage reply) => new Answered(reply);

    /// <summary>A change of members that there was no need of: all is as it was asked for.</summary>
    public static Outcome Unchanged(RoomSnapshot room) => new Answered(room.MembersUpdated) { RoomId = room.Id };

    /// <summary>A change of which everyone in the room hears the same, the requester as the reply to its request.</summary>
    public static Outcome ChangedForAll(RoomSnapshot after, OutboundMessage message, AuditNote note) =>
        new Changed(message, new RoomChange(after.Id, after, new RoomEvent(message, after.MemberIds))) { Note = note };

    /// <summary>A change that concerns the requester alone.</summary>
    public static Changed ChangedQuietly(RoomSnapshot after, ServerMessage reply, AuditNote note) =>
        new(reply, new RoomChange(after.Id, after)) { Note = note };
}
