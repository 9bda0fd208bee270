using System.Globalization;
using FluentAssertions;
using NUnit.Framework;
using RoomWs.Protocol;
using RoomWs.Protocol.Connection;
using RoomWs.Server.Dispatch;
using RoomWs.Server.Model;
using RoomWs.Server.Storage;
using RoomWs.Tests.Support;

namespace RoomWs.Tests.Dispatch;

/// <summary>
/// A look at a room that changes each time that it is looked at: after three attempts it takes its turn among the changes. What a test asks
/// changes the room itself, on the connection's thread.
/// </summary>
[FixtureLifeCycle(LifeCycle.InstancePerTestCase)]
internal sealed class RoomAnswersInTurnTests : IDisposable
{
    private readonly KernelAnswers _kernel = new();
    private int _asked;

    public void Dispose() => _kernel.Dispose();

    [Test]
    public async Task After_three_attempts_it_is_asked_on_the_writer_s_thread_without_the_gate()
    {
        var seenAt = new List<(long Version, bool ByWriter, bool HasGate)>();
        await _kernel.AskAsync(Changing((seen, _) =>
        {
            seenAt.Add((seen.Version, Thread.CurrentThread.Name == "RoomWs writer", _kernel.HasGate));
            return Shown(seen);
        })).OrFailAsync("the answer");

        seenAt.Should().Equal((1, false, false), (2, false, false), (3, false, false), (4, true, false));
        (await _kernel.HeardAsync(4)).Should().Equal("RENAMED 1", "RENAMED 2", "RENAMED 3", "SHOWN 4");
    }

    [Test]
    public async Task It_shows_the_room_as_it_was_in_its_turn_and_what_comes_behind_in_the_same_batch_is_told_behind_it()
    {
        using var hold = new KernelHold();
        var answer = _kernel.AskAsync(Changing((seen, _) => Shown(seen), last: () => _kernel.HoldWriter(hold)));
        var behind = _kernel.EnqueueRename("behind");
        hold.Release();
        await answer.OrFailAsync("the answer");
        await behind.OrFailAsync("the change behind");

        (await _kernel.HeardAsync(5)).Should().Equal("RENAMED 1", "RENAMED 2", "RENAMED 3", "SHOWN 4", "RENAMED behind");
        _kernel.Sink.Batches.Last().Should().Be(2, "both were in one batch");
    }

    [Test]
    public async Task It_shows_what_a_change_before_it_in_the_same_batch_has_made()
    {
        using var hold = new KernelHold();
        var answer = _kernel.AskAsync(Changing((seen, _) => Shown(seen), last: () =>
        {
            _kernel.HoldWriter(hold);
            _ = _kernel.EnqueueRename("before");
        }));
        hold.Release();
        await answer.OrFailAsync("the answer");

        (await _kernel.HeardAsync(5)).Should().Equal("RENAMED 1", "RENAMED 2", "RENAMED 3", "RENAMED before", "SHOWN 5");
        _kernel.Sink.Batches.Last().Should().Be(2, "both were in one batch");
    }

    [Test]
    public async Task It_reads_the_database_as_it_is_in_its_turn()
    {
        using var hold = new KernelHold();
        var answer = _kernel.AskAsync(Changing(
            (_, reads) => Outcome.Answer(KernelFanout.Message("NAMED " + reads.Read(read => read.Rooms.Find("r")!.Name))),
            last: () =>
            {
                _kernel.HoldWriter(hold);
                _ = _kernel.EnqueueRename("not yet committed");
            }));
        hold.Release();
        await answer.OrFailAsync("the answer");

        (await _kernel.HeardAsync(5)).Should().EndWith("NAMED not yet committed");
    }

    [TestCase("the room is deleted", "NOT_FOUND")]
    [TestCase("the asker is removed", "FORBIDDEN")]
    public async Task Who_is_a_stranger_in_its_turn_is_counted_as_one(string change, string code)
    {
        _kernel.Limits.MembershipActionsPerMinute = 1;
        (await AskInTurnAsync()).Should().Be(code);
        await _kernel.AskAsync((seen, _) => Shown(seen), room: "none");

        (await _kernel.HeardAsync(1)).Should().Equal("RATE_LIMITED");

        async Task<string> AskInTurnAsync()
        {
            using var hold = new KernelHold();
            var answer = _kernel.AskAsync(Changing((seen, _) => Shown(seen), last: () =>
            {
                _kernel.HoldWriter(hold);
                _ = change == "the room is deleted" ? _kernel.EnqueueDeletion() : _kernel.EnqueueRemovalOfAsker();
            }));
            hold.Release();
            await answer.OrFailAsync("the answer");
            return (await _kernel.HeardAsync(5))[^1];
        }
    }

    [Test]
    public async Task A_room_that_is_deleted_before_its_turn_is_not_there()
    {
        using var hold = new KernelHold();
        var answer = _kernel.AskAsync(Changing((seen, _) => Shown(seen), last: () =>
        {
            _kernel.HoldWriter(hold);
            _ = _kernel.EnqueueDeletion();
        }));
        hold.Release();
        await answer.OrFailAsync("the answer");

        _asked.Should().Be(3);
        (await _kernel.HeardAsync(5)).Should().EndWith(["DELETED", "NOT_FOUND"]);
    }

    [Test]
    public async Task Whoever_is_no_member_any_more_in_its_turn_is_refused()
    {
        using var hold = new KernelHold();
        var answer = _kernel.AskAsync(Changing((seen, _) => Shown(seen), last: () =>
        {
            _kernel.HoldWriter(hold);
            _ = _kernel.EnqueueRemovalOfAsker();
        }));
        hold.Release();
        await answer.OrFailAsync("the answer");

        _asked.Should().Be(3);
        (await _kernel.HeardAsync(5)).Should().EndWith(["REMOVED", "FORBIDDEN"]);
    }

    [Test]
    public async Task A_refusal_in_its_turn_is_the_answer()
    {
        await _kernel.AskAsync(Changing((seen, _) => _asked > 3 ? new ErrorReply(ErrorCode.Conflict, "on purpose") : Shown(seen))).OrFailAsync("the answer");

        (await _kernel.HeardAsync(4)).Should().EndWith("CONFLICT");
    }

    [Test]
    public async Task What_shows_fleeting_things_is_made_under_the_gate_in_its_turn_too()
    {
        var hasGate = (Asking: true, Replying: false);
        await _kernel.AskAsync(Changing((seen, _) =>
        {
            hasGate.Asking = _kernel.HasGate;
            return new Outcome.AnsweredAtGate(room =>
            {
                hasGate.Replying = room.Gate.IsHeldByCurrentThread;
                return KernelFanout.Message($"STATE {seen.Version}");
            });
        })).OrFailAsync("the answer");

        hasGate.Should().Be((false, true));
        (await _kernel.HeardAsync(4)).Should().EndWith("STATE 4");
    }

    [Test]
    public async Task What_shows_who_is_online_is_made_under_the_gate_in_its_turn()
    {
        var made = new List<bool>();
        await _kernel.AskAsync((_, _) => new Outcome.ShowingPresence(() =>
        {
            made.Add(_kernel.HasGate);
            if (made.Count <= 3) _kernel.TellPresence();
            return KernelFanout.Message($"PRESENT {made.Count}");
        }));

        made.Should().Equal(false, false, false, true);
        (await _kernel.HeardAsync(1)).Should().Equal("PRESENT 4");
    }

    [Test]
    public async Task A_fault_in_its_turn_is_the_asker_s_and_the_writer_goes_on()
    {
        var ask = () => _kernel.AskAsync(Changing((seen, _) => _asked > 3 ? throw new InvalidOperationException("on purpose") : Shown(seen)));

        await ask.Should().ThrowAsync<InvalidOperationException>();
        (await _kernel.EnqueueRename("behind").OrFailAsync("the change behind")).Should().BeTrue();
        _kernel.Writer.Log.Faults.Select(fault => fault.EventId).Should().Equal(1004);
    }

    private static Outcome Shown(RoomSnapshot seen) => Outcome.Answer(KernelFanout.Message($"SHOWN {seen.Version}"));

    /// <summary>A question that changes the room each time it is asked before its turn.</summary>
    /// <param name="ask">The question.</param>
    /// <param name="last">What to do after the last attempt.</param>
    private Func<RoomSnapshot, IReads, Outcome> Changing(Func<RoomSnapshot, IReads, Outcome> ask, Action? last = null) => (seen, reads) =>
    {
        var attempt = ++_asked;
        var outcome = ask(seen, reads);
        if (attempt <= 3) _kernel.Rename(attempt.ToString(CultureInfo.InvariantCulture));
        if (attempt == 3) last?.Invoke();
        return outcome;
    };
}
