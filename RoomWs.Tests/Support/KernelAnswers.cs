using System.Text;
using Microsoft.Extensions.Logging.Abstractions;
using RoomWs.Protocol.Members;
using RoomWs.Server.Configuration;
using RoomWs.Server.Dispatch;
using RoomWs.Server.Fanout;
using RoomWs.Server.Model;
using RoomWs.Server.Sessions;
using RoomWs.Server.Storage;
using RoomWs.Server.Storage.Batch;

namespace RoomWs.Tests.Support;

/// <summary>
/// A room "r" of two members, one of whom asks about it while the other changes it, with all that an answer passes: the writer, the broadcaster,
/// the directory. Of each frame only its type is told, and of a refusal its code.
/// </summary>
internal sealed class KernelAnswers : IDisposable
{
    private readonly RoomAnswers _answers;

    public KernelAnswers()
    {
        Fanout.AddRoom("r", "other", "asker");
        Sink.Ended = _ => Fanout.Send();
        Writer = new KernelWriter(Fanout.Database, Sink, Fanout.Rooms, Fanout.Time);
        (Asker, Other) = (Fanout.Connect("asker"), Fanout.Connect("other"));
        Asker.Connection.Rate.User = new UserRate(Limits);
        var reads = Fanout.Database.Reads;
        Replies = new Replies(Fanout.Broadcaster, Writer.Metrics, new RefusalLog(TimeProvider.System, NullLogger<RefusalLog>.Instance), NullLogger<Replies>.Instance);
        MembershipRate = new MembershipRate(Limits, new LocalAllowances(Fanout.Time), Writer.Metrics, Fanout.Time);
        _answers = new RoomAnswers(new RoomFinder(Fanout.Rooms, reads), reads, Writer.Queue, Fanout.Broadcaster, Replies, new Strangers(MembershipRate, Fanout.Members, Writer.Queue));
    }

    /// <summary>None, unless the test sets one.</summary>
    public LimitOptions Limits { get; } = new() { MembershipActionsPerMinute = 0 };

    public KernelFanout Fanout { get; } = new();

    public KernelSink Sink { get; } = new();

    public KernelWriter Writer { get; }

    public Replies Replies { get; }

    public MembershipRate MembershipRate { get; }

    public KernelSocket Asker { get; }

    public KernelSocket Other { get; }

    /// <summary>Whether this thread has the room's gate.</summary>
    public bool HasGate => Fanout.Rooms.InUse("r")!.Gate.IsHeldByCurrentThread;

    public async Task AskAsync(Func<RoomSnapshot, IReads, Outcome> ask, RoomRef? room = null, RoomAction requires = RoomAction.See)
    {
        await _answers.AnswerAsync(Request(), room ?? "r", requires, ask);
        // As the read loop does before it waits for the next request.
        Asker.Connection.FlushReplies();
    }

    /// <summary>Asks for what may be so already. Returns whether it was answered without the writer.</summary>
    public bool TryAnswer(Func<RoomSnapshot, Outcome?> ask, RoomRef? room = null, RoomAction requires = RoomAction.See)
    {
        var isAnswered = _answers.TryAnswer(Request(), room ?? "r", requires, ask);
        Asker.Connection.FlushReplies();
        return isAnswered;
    }

    /// <summary>The next frames that the asker gets.</summary>
    public async Task<string[]> HeardAsync(int count)
    {
        var heard = new string[count];
        for (var i = 0; i < count; i++)
        {
            var frame = await Asker.NextAsync();
            heard[i] = frame.Code() ?? frame.Type();
        }

        return heard;
    }

    /// <summary>Lets the other change the room, and returns when that is committed and told.</summary>
    public void Rename(string name) => Finish(EnqueueRename(name));

    public void DeleteRoom() => Finish(EnqueueDeletion());

    public void RemoveAsker() => Finish(EnqueueRemovalOfAsker());

    /// <summary>Lets the other say something, which leaves the room at its version.</summary>
    public void Say(string what) => Finish(Enqueue(write => (write.Snapshots.At("r", write.Rooms.Find("r")!.Version), $"SAID {what}")));

    /// <summary>Tells somebody's presence in the room.</summary>
    public void TellPresence()
    {
        var room = Fanout.Rooms.InUse("r")!;
        using (room.Gate.Enter()) room.CountPresenceToldLocked();
    }

    /// <summary>Commits a change together with another one before it that keeps the writer from telling either until the release.</summary>
    public async Task<KernelHold> CommitUntoldAsync(Action enqueueChange)
    {
        // Both wait behind this one, and so come into one batch.
        using var gather = new KernelHold();
        HoldWriter(gather);
        var telling = new KernelHold();
        Writer.Enqueue(_ => { }, committed: telling.Keep);
        enqueueChange();
        gather.Release();
        await telling.Held.OrFailAsync("the commit");
        return telling;
    }

    /// <summary>Deletes the room and makes another one under its id, at the same version, which is the other's alone.</summary>
    public void EnqueueAnotherRoom()
    {
        _ = EnqueueDeletion();
        _ = Enqueue(write =>
        {
            var room = new StoredRoom { Id = "r", Epoch = "another", Name = "another", CreatedBy = "other", CreatedAt = 1, Version = 1, MemberCount = 1 };
            var owner = new Member("other", RoomRole.Owner, 1);
            write.Rooms.Insert(room);
            write.Members.Add("r", [owner], areAdded: false);
            return (write.Snapshots.Create(room.ToSnapshot([owner])), "MADE");
        });
    }

    public Task<bool> EnqueueRename(string name) => Enqueue(write =>
    {
        var row = write.Rooms.UpdateMeta("r", new() { Name = name }, write.Now);
        return (write.Snapshots.Change("r", row.Version, before => before.WithMeta(row.ToMeta(), row.Version, row.UpdatedAt)), $"RENAMED {name}");
    });

    public Task<bool> EnqueueDeletion() => Enqueue(write =>
    {
        write.Rooms.Delete("r");
        return (null, "DELETED");
    });

    public Task<bool> EnqueueRemovalOfAsker() => Enqueue(write =>
    {
        write.Members.Remove("r", "asker");
        var version = write.Rooms.MembersChanged("r", -1, write.Now);
        return (write.Snapshots.Change("r", version, MemberChange.Ended("asker", null), write.Now), "REMOVED");
    });

    /// <summary>Keeps the writer in a batch of its own, which is under way when this returns.</summary>
    public void HoldWriter(KernelHold hold)
    {
        Writer.Enqueue(_ => hold.Keep());
        hold.Held.Wait(Deadline.Span);
    }

    public void Dispose()
    {
        Writer.Dispose();
        Fanout.Dispose();
    }

    private Request Request()
    {
        var message = Encoding.ASCII.GetBytes("""{"type":"ASK","correlationId":"c"}""");
        Envelope.Read(message, out var envelope);
        return new Request(Asker.Connection, envelope, message, new("ASK", null));
    }

    private static void Finish(Task<bool> change) => change.WaitAsync(Deadline.Span).GetAwaiter().GetResult();

    /// <summary>A change by the other, of which the asker is told by one event.</summary>
    private Task<bool> Enqueue(Func<WriteScope, (RoomSnapshot? After, string Event)> work)
    {
        (RoomSnapshot? After, string Event) done = (null, "");
        return Writer.Queue.RunAsync(
            write => done = work(write),
            committed: () => Fanout.Broadcaster.Announce(
                new RoomChange("r", done.After, new RoomEvent(KernelFanout.Message(done.Event), RoomAudience.Users("asker"))),
                Other.Connection,
                KernelFanout.Message("DONE").Event));
    }
}
