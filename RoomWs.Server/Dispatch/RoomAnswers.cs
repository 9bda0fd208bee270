using RoomWs.Server.Fanout;
using RoomWs.Server.Model;
using RoomWs.Server.Storage;

namespace RoomWs.Server.Dispatch;

/// <summary>
/// Answers the requests that look at a room. The answer is made without the room's gate, because it may read the database. It is queued under
/// the gate, and only if the room is still at the version that was read: so no socket gets an older state of a room after a newer one, and nobody
/// sees what came after the end of its membership. If the room changes faster than it can be read, the request takes its turn among the changes.
/// May be used from any thread.
/// </summary>
internal sealed class RoomAnswers(RoomFinder finder, ReadConnections reads, WriteQueue writes, Broadcaster broadcaster, Replies replies, Strangers strangers)
{
    /// <summary>Maximum number of attempts without the writer. After that, the request takes its turn among the changes.</summary>
    private const int OptimisticReads = 3;

    /// <summary>Calls a handler and sends its outcome.</summary>
    /// <param name="request">The request.</param>
    /// <param name="name">The room that it names.</param>
    /// <param name="requires">The action that the caller must be allowed to do there.</param>
    /// <param name="ask">Calls the handler. May be called several times.</param>
    /// <param name="prepare">What to wait for before. Called only where the caller may do what it asks for, and without a gate.</param>
    public async ValueTask AnswerAsync(Request request, RoomRef name, RoomAction requires, Func<RoomSnapshot, IReads, Outcome> ask, Func<LiveRoom, Task>? prepare = null)
    {
        using var turn = await request.Connection.Rate.User!.Queries.TakeAsync();
        await reads.ReadyAsync();
        if (prepare is not null && finder.TryFind(name.Id, name.Slug, out var sought) && sought is not null && Authority.Check(sought.Snapshot, requires, request.Connection.Caller!) is null)
            await prepare(sought.Room);
        for (var attempt = 0; attempt < OptimisticReads; attempt++)
        {
            if (!finder.TryFind(name.Id, name.Slug, out var found))
            {
                await writes.CatchUpAsync();
                continue;
            }

            var caller = request.Connection.Caller!;
            if (Authority.Check(found?.Snapshot, requires, caller) is { } refusal)
            {
                replies.Send(request, await strangers.RefuseAsync(refusal, found?.Snapshot.RoleOf(caller.UserId), caller) ?? throw NoTurn(request), name);
                return;
            }

            switch (TryAnswer(request, name, found!, ask))
            {
                case Attempt.Answered:
                    return;
                case Attempt.Ahead:
                    await writes.CatchUpAsync();
                    break;
            }
        }

        await AnswerInTurnAsync(request, name, requires, ask);
    }

    /// <summary>Answers by the room as it was told last, without the database and without a turn.</summary>
    /// <param name="request">The request.</param>
    /// <param name="name">The room that it names.</param>
    /// <param name="requires">The action that the caller must be allowed to do there.</param>
    /// <param name="ask">Calls the handler. It returns null if the room alone does not have the answer.</param>
    /// <returns>False if there is no such answer, or the room changes just now. Then nothing was sent, not even a refusal.</returns>
    public bool TryAnswer(Request request, RoomRef name, RoomAction requires, Func<RoomSnapshot, Outcome?> ask)
    {
        var caller = request.Connection.Caller!;
        if (finder.FindFor(caller.UserId, name.Id, name.Slug) is not { } found) return false;
        if (Authority.Check(found.Snapshot, requires, caller) is not null || ask(found.Snapshot) is not Outcome.Answered answered) return false;

        // Encoded before the gate is taken: it may be long.
        _ = answered.Reply.Event;
        using (found.Room.Gate.Enter())
        {
            if (!ReferenceEquals(found.Room.Snapshot, found.Snapshot)) return false;
            SendLocked(request, answered, name, found.Room);
            return true;
        }
    }

    private enum Attempt
    {
        Answered,

        /// <summary>The room has changed since the handler saw it. Nothing was sent.</summary>
        Behind,

        /// <summary>The database holds a change of the room that is not told yet. Nothing was sent.</summary>
        Ahead,
    }

    private Attempt TryAnswer(Request request, RoomRef name, RoomView found, Func<RoomSnapshot, IReads, Outcome> ask)
    {
        var (room, snapshot, told, presenceTold) = found;
        var sighted = new SightedReads(reads, snapshot);
        var outcome = ask(snapshot, sighted);
        if (sighted.IsAhead) return Attempt.Ahead;
        if (outcome is Outcome.Refused)
        {
            replies.Send(request, outcome, name);
            return Attempt.Answered;
        }

        var showsPresence = outcome is Outcome.ShowingPresence;
        outcome = Made(outcome);
        using (room.Gate.Enter())
        {
            if (!ReferenceEquals(room.Snapshot, snapshot)) return Attempt.Behind;
            if (showsPresence && room.PresenceTold != presenceTold) return Attempt.Behind;
            if (outcome is Outcome.AnsweredAtGate atGate)
            {
                // This answer also shows messages and boards, which do not raise the version. So it needs all changes that were told.
                if (room.Told != told) return Attempt.Behind;
                outcome = Outcome.Answer(atGate.Reply(room));
            }

            SendLocked(request, outcome, name, room);
            return Attempt.Answered;
        }
    }

    private void SendLocked(Request request, Outcome outcome, RoomRef name, LiveRoom room)
    {
        // The deltas that led to this version come before the reply that shows it.
        var connection = request.Connection;
        if (connection.TakesMemberDeltas && room.PendingDeltas?.Take(connection) is { } delta) connection.Reply(delta.Event);
        replies.Send(request, outcome, name);
    }

    /// <summary>Makes a reply and encodes it, for it may be long, before the gate is taken.</summary>
    private static Outcome Made(Outcome outcome)
    {
        if (outcome is Outcome.ShowingPresence showing) outcome = Outcome.Answer(showing.Reply());
        if (outcome is Outcome.Answered answered) _ = answered.Reply.Event;
        return outcome;
    }

    /// <summary>Answers as a job of the writer: in this turn the room does not change, and nothing is told between earlier changes and the answer.</summary>
    private async Task AnswerInTurnAsync(Request request, RoomRef name, RoomAction requires, Func<RoomSnapshot, IReads, Outcome> ask)
    {
        var connection = request.Connection;
        Outcome outcome = RoomErrors.NotFound;
        RoomSnapshot? snapshot = null;
        var isAnswered = await writes.RunAsync(
            write =>
            {
                (outcome, snapshot) = Authority.Check(name, requires, connection.Caller!, write, out var room) is { } refusal
                    ? (strangers.Refuse(refusal, room?.Role, connection.Caller!, write), null)
                    : Ask(write, write.Snapshots.At(room!.RoomId, room.Version), ask);
            },
            committed: () =>
            {
                if (snapshot is null || outcome is Outcome.Refused) broadcaster.Reply(connection, replies.FrameOf(request, outcome, name));
                else broadcaster.Show(snapshot, connection, room => replies.FrameOf(request, AtGate(outcome, room), name));
            },
            connection.Caller!.UserId,
            needs =>
            {
                needs.Room(name.Id, name.Slug).Members.Add(connection.Caller!.UserId);
                strangers.Need(name, connection.Caller!.UserId, needs);
            });
        if (!isAnswered) throw NoTurn(request);
    }

    private Exception NoTurn(Request request) => reads.Refusal ?? (Exception)new InvalidOperationException($"{request.Envelope.Type} found no turn among the changes.");

    private static Outcome AtGate(Outcome outcome, LiveRoom room) => outcome switch
    {
        Outcome.AnsweredAtGate atGate => Outcome.Answer(atGate.Reply(room)),
        Outcome.ShowingPresence showing => Outcome.Answer(showing.Reply()),
        _ => outcome,
    };

    private static (Outcome Outcome, RoomSnapshot Snapshot) Ask(WriteScope write, RoomSnapshot snapshot, Func<RoomSnapshot, IReads, Outcome> ask) => (ask(snapshot, write), snapshot);
}
