using FluentAssertions;
using NUnit.Framework;
using RoomWs.Protocol;
using RoomWs.Protocol.Connection;
using RoomWs.Server.Dispatch;
using RoomWs.Server.Model;
using RoomWs.Server.Storage;
using RoomWs.Tests.Support;

namespace RoomWs.Tests.Dispatch;

/// <summary>A look at a room that may change under it: as long as it is tried on the connection's own thread.</summary>
[FixtureLifeCycle(LifeCycle.InstancePerTestCase)]
internal sealed class RoomAnswersTests : IDisposable
{
    private readonly KernelAnswers _kernel = new();

    public void Dispose() => _kernel.Dispose();

    [Test]
    public async Task A_room_that_stands_still_is_asked_about_once_without_its_gate_and_past_the_writer()
    {
        var asked = new List<(long Version, bool HasGate)>();
        await _kernel.AskAsync((seen, _) =>
        {
            asked.Add((seen.Version, _kernel.HasGate));
            return Shown(seen);
        });

        asked.Should().Equal((1, false));
        (await _kernel.HeardAsync(1)).Should().Equal("SHOWN 1");
        _kernel.Sink.Batches.Should().BeEmpty();
    }

    [Test]
    public async Task Where_the_room_has_changed_meanwhile_it_is_asked_about_anew_and_only_the_new_answer_leaves()
    {
        var asked = new List<long>();
        await _kernel.AskAsync((seen, _) =>
        {
            asked.Add(seen.Version);
            if (asked.Count == 1) _kernel.Rename("new");
            return Shown(seen);
        });

        asked.Should().Equal(1, 2);
        (await _kernel.HeardAsync(2)).Should().Equal("RENAMED new", "SHOWN 2");
    }

    [Test]
    public async Task A_room_that_is_deleted_while_it_is_asked_about_is_not_there()
    {
        await _kernel.AskAsync((seen, _) =>
        {
            _kernel.DeleteRoom();
            return Shown(seen);
        });

        (await _kernel.HeardAsync(2)).Should().Equal("DELETED", "NOT_FOUND");
    }

    [Test]
    public async Task Whoever_loses_its_membership_while_it_asks_is_refused()
    {
        await _kernel.AskAsync((seen, _) =>
        {
            _kernel.RemoveAsker();
            return Shown(seen);
        });

        (await _kernel.HeardAsync(2)).Should().Equal("REMOVED", "FORBIDDEN");
    }

    [Test]
    public async Task A_refusal_shows_no_room_and_is_not_asked_for_again()
    {
        var asked = 0;
        await _kernel.AskAsync((_, _) =>
        {
            asked++;
            _kernel.Rename("new");
            return new ErrorReply(ErrorCode.Conflict, "on purpose");
        });

        asked.Should().Be(1);
        (await _kernel.HeardAsync(2)).Should().Equal("RENAMED new", "CONFLICT");
    }

    [Test]
    public async Task Nobody_is_asked_where_the_caller_may_not_look_or_there_is_no_room()
    {
        Func<RoomSnapshot, IReads, Outcome> never = (_, _) => throw new InvalidOperationException("It was asked.");

        await _kernel.AskAsync(never, requires: RoomAction.Delete);
        await _kernel.AskAsync(never, room: "nowhere");
        await _kernel.AskAsync(never, room: new RoomRef(null, "no-slug"));

        (await _kernel.HeardAsync(3)).Should().Equal("FORBIDDEN", "NOT_FOUND", "NOT_FOUND");
    }

    [Test]
    public async Task A_room_is_found_by_its_slug()
    {
        _kernel.Fanout.Database.Run("UPDATE rooms SET slug = 'the-room'");

        await _kernel.AskAsync((seen, _) => Shown(seen), room: new RoomRef(null, "the-room"));

        (await _kernel.HeardAsync(1)).Should().Equal("SHOWN 1");
    }

    [Test]
    public async Task What_shows_fleeting_things_is_made_under_the_gate()
    {
        var hasGate = (Asking: true, Replying: false);
        await _kernel.AskAsync((seen, _) =>
        {
            hasGate.Asking = _kernel.HasGate;
            return new Outcome.AnsweredAtGate(room =>
            {
                hasGate.Replying = room.Gate.IsHeldByCurrentThread;
                return Text(seen);
            });
        });

        hasGate.Should().Be((false, true));
        (await _kernel.HeardAsync(1)).Should().Equal("SHOWN 1");
    }

    [Test]
    public async Task What_shows_fleeting_things_is_asked_for_anew_where_something_was_said_meanwhile()
    {
        var (asked, replied) = (0, 0);
        await _kernel.AskAsync((seen, _) =>
        {
            if (++asked == 1) _kernel.Say("first");
            var said = asked == 1 ? "nothing" : "first";
            return new Outcome.AnsweredAtGate(_ =>
            {
                replied++;
                return KernelFanout.Message($"STATE with {said}");
            });
        });

        (asked, replied).Should().Be((2, 1));
        (await _kernel.HeardAsync(2)).Should().Equal("SAID first", "STATE with first");
    }

    [Test]
    public async Task What_shows_who_is_online_is_made_without_the_gate_and_anew_where_a_presence_is_told_meanwhile()
    {
        var made = new List<bool>();
        await _kernel.AskAsync((_, _) => new Outcome.ShowingPresence(() =>
        {
            made.Add(_kernel.HasGate);
            if (made.Count == 1) _kernel.TellPresence();
            return KernelFanout.Message($"PRESENT {made.Count}");
        }));

        made.Should().Equal(false, false);
        (await _kernel.HeardAsync(1)).Should().Equal("PRESENT 2");
    }

    [Test]
    public async Task What_shows_the_room_alone_is_not_asked_for_anew_where_something_was_said_meanwhile()
    {
        var asked = 0;
        await _kernel.AskAsync((seen, _) =>
        {
            asked++;
            _kernel.Say("something");
            return Shown(seen);
        });

        asked.Should().Be(1);
        (await _kernel.HeardAsync(2)).Should().Equal("SAID something", "SHOWN 1");
    }

    [Test]
    public async Task The_deltas_that_led_to_the_room_come_before_the_answer_that_shows_it_and_once()
    {
        // Here the test is the writer's thread, in the middle of a batch.
        _kernel.Asker.Connection.TakesMemberDeltas = true;
        var room = _kernel.Fanout.Rooms.Find("r")!.Snapshot;
        _kernel.Fanout.AnnounceJoin(room, "dan", _kernel.Other);

        await _kernel.AskAsync((seen, _) => Shown(seen));
        _kernel.Fanout.Send();

        (await _kernel.HeardAsync(2)).Should().Equal("ROOM_MEMBERS_CHANGED", "SHOWN 2");
        _kernel.Asker.Take().Should().BeEmpty();
    }

    private static Outcome Shown(RoomSnapshot seen) => Outcome.Answer(Text(seen));

    private static Server.Wire.OutboundMessage Text(RoomSnapshot seen) => KernelFanout.Message($"SHOWN {seen.Version}");
}
