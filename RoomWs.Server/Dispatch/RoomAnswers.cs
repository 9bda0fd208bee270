using RoomWs.Server.Fanout;
using RoomWs.Server.Model;
using RoomWs.Server.Storage;

namespace RoomWs.Server.Dispatch;

/// <summary>
/// Answers the requests that look at a room. The answer is made without the room's gate, for it may read the database, and is sent under it
/// if the room is still what was looked at: so no socket gets an older state of a room behind a newer one. Where the room changes faster
/// than it can be read, the question takes its turn among the changes.
/// </summary>
internal sealed class RoomAnswers(RoomFinder finder, ReadConnections reads, WriteQueue writes, Broadcaster broadcaster, Replies replies)
{
    /// <summary>How often a room may change under a question before that takes its turn among the changes.</summary>
    private const int OptimisticReads = 3;

    /// <summary>Asks a handler, and sends what it says.</summary>
    /// <param name="request">The request.</param>
    /// <param name="name">The room that it names.</param>
    /// <param name="requires">What the caller must be allowed to do there.</param>
    /// <param name="ask">The handler. It may be asked several times.</param>
    public async ValueTask AnswerAsync(Request request, RoomRef name, RoomAction requires, Func<RoomSnapshot, IReads, Outcome> ask)
    {
        for (var attempt = 0; attempt < OptimisticReads; attempt++)
        {
            if (TryAnswer(request, name, requires, ask)) return;
        }

        await AnswerInTurnAsync(request, name, requires, ask);
    }

    /// <summary>False, and nothing sent, where the room has gone on from what the handler saw.</summary>
    private bool TryAnswer(Request request, RoomRef name, RoomAction requires, Func<RoomSnapshot, IReads, Outcome> ask)
    {
        var found = finder.Find(name.Id, name.Slug);
        var outcome = Authority.Check(found?.Snapshot, requires, request.Connection.Caller!) is { } refusal ? refusal : ask(found!.Snapshot, reads);
        if (outcome is Outcome.Refused)
        {
            replies.Send(request, outcome, name);
            return true;
        }

        var (room, snapshot, told) = found!;
        lock (room.Gate)
        {
            if (!ReferenceEquals(room.Snapshot, snapshot)) return false;
            if (outcome is Outcome.AnsweredAtGate atGate)
            {
                // It shows what has been said and drawn, too, and must have all of it that was told.
                if (room.Told != told) return false;
                outcome = Outcome.Answer(atGate.Reply(room));
            }

            // What led to this version comes before the reply that shows it.
            var connection = request.Connection;
            if (connection.TakesMemberDeltas && room.PendingDeltas?.Take(connection) is { } delta) connection.Reply(delta.Event);
            replies.Send(request, outcome, name);
            return true;
        }
    }

    /// <summary>The room stands still in a turn of its own: nothing is told between what comes before it and the answer.</summary>
    private async Task AnswerInTurnAsync(Request request, RoomRef name, RoomAction requires, Func<RoomSnapshot, IReads, Outcome> ask)
    {
        var connection = request.Connection;
        Outcome outcome = RoomErrors.NotFound;
        RoomSnapshot? snapshot = null;
        var isAnswered = await writes.RunAsync(
            write =>
            {
                (outcome, snapshot) = Authority.Check(name, requires, connection.Caller!, write, out var room) is { } refusal
                    ? (refusal, null)
                    : Ask(write, write.Snapshots.At(room!.RoomId, room.Version), ask);
            },
            committed: () =>
            {
                if (snapshot is null || outcome is Outcome.Refused) broadcaster.Reply(connection, replies.FrameOf(request, outcome, name));
                else broadcaster.Show(snapshot, connection, room => replies.FrameOf(request, outcome is Outcome.AnsweredAtGate atGate ? Outcome.Answer(atGate.Reply(room)) : outcome, name));
            });
        if (!isAnswered) throw new InvalidOperationException($"{request.Envelope.Type} found no turn among the changes.");
    }

    private static (Outcome Outcome, RoomSnapshot Snapshot) Ask(WriteScope write, RoomSnapshot snapshot, Func<RoomSnapshot, IReads, Outcome> ask) => (ask(snapshot, write), snapshot);
}
