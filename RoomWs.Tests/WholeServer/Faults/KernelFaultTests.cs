using System.Text;
using FluentAssertions;
using NUnit.Framework;
using RoomWs.Protocol;
using RoomWs.Protocol.Connection;
using RoomWs.Protocol.Rooms;
using RoomWs.Server.Dispatch;
using RoomWs.Server.Fanout;
using RoomWs.Server.Model;
using RoomWs.Server.Storage;
using RoomWs.Server.Storage.Batch;
using RoomWs.Server.Transport;
using RoomWs.Server.Wire;
using RoomWs.Tests.Support;

namespace RoomWs.Tests.WholeServer.Faults;

/// <summary>
/// What the writer and those behind it call fails, once, beside what two sockets do. They go on to be answered and told, and the socket that it was for is
/// served too, or closed with a code.
/// </summary>
[FixtureLifeCycle(LifeCycle.InstancePerTestCase)]
internal sealed class KernelFaultTests : IDisposable
{
    /// <summary>The callbacks that fail, how, and with what the writer logs it.</summary>
    private static readonly TestCaseData[] Rows =
    [
        Row("between queueing and the start of a send batch", [], test => Throwing(() =>
        {
            using var batch = new SendBatch();
            test._unlucky.Connection.Send(KernelFanout.Message("QUEUED").Event, batch);
            throw new InvalidOperationException("on purpose");
        }), "QUEUED"),
        Row("the event of a change", [1003], test => test.ChangeAsync(_ => test.Renamed(reply: KernelFanout.Message("DONE"), Bad)), closes: true),
        Row("the reply to a change", [1003], test => test.ChangeAsync(_ => test.Renamed(reply: Bad)), closes: true),
        Row("the deltas that wait in a room", [1003], test =>
        {
            var room = test._kernel.Fanout.Rooms.Find("r")!.Room;
            // Of no version at all, which no change leaves behind.
            using (room.Gate.Enter()) room.PendingDeltas = new MemberDeltas();
            return test.ChangeAsync(_ => test.Renamed(KernelFanout.Message("DONE"), KernelFanout.Message("EVENT")));
        }, closes: true),
        Row("the event of a room's end", [1003], test => test.EndRoomAsync(), closes: true),
        Row("a message that is made when it is sent", [], test =>
        {
            using var batch = new SendBatch();
            test._unlucky.Connection.Send(Bad, coalesceKey: test, batch);
            return Task.CompletedTask;
        }, closes: true),
        Row("what follows the commit of an internal job", [1003], test => ThrowingAsync(() => test.Queue.RunAsync(_ => { }, committed: Throw))),
        Row("an internal job, and the log of that", [1009], async test =>
        {
            Task<bool> job;
            using (var hold = await test._kernel.Writer.HoldAsync())
            {
                test._kernel.Writer.Log.FailsOn = 1004;
                job = test.Queue.RunAsync(_ => Throw());
                await test.SendAsync(_ => test.Renamed(KernelFanout.Message("DONE")));
            }

            (await job.OrFailAsync("the job")).Should().BeFalse();
        }, "DONE"),
        Row("what runs between two batches", [], test => ThrowingAsync(() => test.Queue.Gap.RunAsync(Throw))),
        Row("the end of a batch", [1003], test => test.ChangeAsync(_ =>
        {
            test.OnceEnded = Throw;
            return test.Renamed(KernelFanout.Message("DONE"));
        }), "DONE"),
        Row("what the next batch is expected to be", [1009], test => test.ChangeAsync(_ =>
        {
            test._kernel.Sink.Expect = () => Throw(test);
            return test.Renamed(KernelFanout.Message("DONE"));
        }), "DONE"),
        Row("what is to be put back for a job that failed", [1008], test => test.ChangeAsync(write =>
        {
            write.IfUndone(Throw);
            throw new InvalidOperationException("on purpose");
        }), "INTERNAL_ERROR"),
        Row("what is to be put back for a batch that failed", [1008], test => test.ChangeAsync(write =>
        {
            write.IfUndone(Throw);
            // By nobody, which the table refuses when the batch is written.
            write.Rows.Audit.Add(new AddedAudit(1, "r", 0, null!, "CHANGE", null, null, null));
            return test.Renamed(KernelFanout.Message("DONE"));
        }), "INTERNAL_ERROR"),
        Row("a timer", [], test =>
        {
            using var timer = test._kernel.Fanout.Alarms.Set(_ => Throw(), TimeSpan.FromSeconds(1));
            test._kernel.Fanout.Time.Advance(TimeSpan.FromSeconds(1));
            return Task.CompletedTask;
        }),
    ];

    private readonly KernelAnswers _kernel = new();
    private readonly KernelSocket _unlucky;

    public KernelFaultTests()
    {
        _unlucky = _kernel.Fanout.Connect("unlucky");
        _kernel.Sink.Ended = _ =>
        {
            _kernel.Fanout.Send();
            var once = OnceEnded;
            OnceEnded = null;
            once?.Invoke();
        };
    }

    private static OutboundMessage Bad => new("BAD", expectedBytes: 100, () => throw new InvalidOperationException("on purpose"));

    private WriteQueue Queue => _kernel.Writer.Queue;

    private Action? OnceEnded { get; set; }

    public void Dispose() => _kernel.Dispose();

    [TestCaseSource(nameof(Rows))]
    public async Task A_fault_in_a_callback_is_no_other_s(int[] logged, Func<KernelFaultTests, Task> fail, string[] heard, bool closes)
    {
        await fail(this);

        if (closes) await Deadline.UntilAsync(IsClosed, "the close");
        else await HearAsync([.. heard]);
        _unlucky.CloseCode.Should().Be(closes ? 1011 : null);
        _unlucky.Connection.PendingWrites.Should().Be(0);
        _kernel.Asker.Take();
        _kernel.Other.Take();

        _kernel.Writer.Log.FailsOn = 0;
        if (_kernel.Fanout.Rooms.Find("r") is null) _kernel.Fanout.AddRoom("r", "other", "asker");
        foreach (var name in (string[])["next", "last"]) _kernel.Rename(name);
        (await _kernel.HeardAsync(2)).Should().Equal("RENAMED next", "RENAMED last");
        (await _kernel.Other.NextAsync()).Type().Should().Be("DONE");
        if (!closes)
        {
            await ChangeAsync(_ => Renamed(KernelFanout.Message("SERVED")));
            await HearAsync("SERVED");
        }

        Queue.Dispose();
        _kernel.Writer.Log.Faults.Select(fault => fault.EventId).Should().Equal(logged);
    }

    private static TestCaseData Row(string callback, int[] logged, Func<KernelFaultTests, Task> fail, string? heard = null, bool closes = false) =>
        new TestCaseData(logged, fail, heard is null ? [] : new[] { heard }, closes).SetArgDisplayNames(callback);

    private static void Throw() => throw new InvalidOperationException("on purpose");

    /// <summary>Fails once.</summary>
    private static int Throw(KernelFaultTests test)
    {
        test._kernel.Sink.Expect = () => 0;
        throw new InvalidOperationException("on purpose");
    }

    private static Task Throwing(Action act)
    {
        act.Should().Throw<InvalidOperationException>();
        return Task.CompletedTask;
    }

    private static async Task ThrowingAsync(Func<Task> act) => await act.Should().ThrowAsync<InvalidOperationException>();

    private bool IsClosed()
    {
        _unlucky.Take();
        return _unlucky.CloseCode is not null;
    }

    private async Task HearAsync(params string[] types)
    {
        foreach (var type in types)
        {
            var frame = await _unlucky.NextAsync();
            (frame.Code() ?? frame.Type()).Should().Be(type);
        }
    }

    private Outcome.Changed Renamed(OutboundMessage reply, params OutboundMessage[] events) =>
        new Outcome.Changed(reply, new RoomChange("r", _kernel.Fanout.Rooms.Find("r")!.Snapshot, [.. events.Select(message => new RoomEvent(message, RoomAudience.Users("unlucky", "asker")))]));

    /// <summary>The room ends while the unlucky is in it, and those who were in it cannot be told.</summary>
    private async Task EndRoomAsync()
    {
        var live = _kernel.Fanout.Rooms.Find("r")!.Room;
        using (live.Gate.Enter()) _kernel.Fanout.Entered.EnterLocked(_unlucky.Connection, "r", live);
        await ChangeAsync(write =>
        {
            write.Rooms.Delete("r");
            return new Outcome.Changed(KernelFanout.Message("DELETED"), new RoomChange("r", null, new RoomEvent(Bad, RoomAudience.Users("asker"))));
        });
        _kernel.Fanout.Entered.Count(_unlucky.Connection).Should().Be(0);
    }

    private async Task ChangeAsync(Func<WriteScope, Outcome> handle)
    {
        await SendAsync(handle);
        await _unlucky.Connection.WritesDoneAsync().OrFailAsync("the change");
    }

    /// <summary>Sends a change of the unlucky.</summary>
    private async Task SendAsync(Func<WriteScope, Outcome> handle)
    {
        var command = new FreeChangeCommand<DeleteRoom>("CHANGE", ProtocolJson.Wire.DeleteRoom, body => body.RoomId, new Handler(handle), ChangeTraits.Content, Queue, _kernel.Fanout.Rooms, _kernel.MembershipRate);
        var message = Encoding.ASCII.GetBytes("""{"type":"CHANGE","roomId":"r"}""");
        Envelope.Read(message, out var envelope).Should().BeNull();
        await command.ExecuteAsync(new Request(_unlucky.Connection, envelope, message, new("CHANGE", null)), _kernel.Replies);
    }

    private sealed class Handler(Func<WriteScope, Outcome> handle) : IChangeHandler<DeleteRoom>
    {
        public ErrorReply? Validate(DeleteRoom command, Caller caller) => null;

        public void Need(DeleteRoom command, Caller caller, Needs needs) => needs.Room(command.RoomId);

        public Outcome Handle(DeleteRoom command, Caller caller, WriteScope write) => handle(write);
    }
}
