using FluentAssertions;
using NUnit.Framework;
using RoomWs.Server.Fanout;
using RoomWs.Server.Model;
using RoomWs.Tests.Support;
using RoomView = RoomWs.Server.Fanout.RoomView;

namespace RoomWs.Tests.Fanout;

/// <summary>A cold room that is asked for while other things happen to it.</summary>
[FixtureLifeCycle(LifeCycle.InstancePerTestCase)]
internal sealed class RoomLoadTests : IDisposable
{
    private readonly KernelFanout _fanout = new();
    private readonly RoomSnapshot _stored;
    private readonly LiveRoom _cold;

    public RoomLoadTests()
    {
        _stored = _fanout.AddRoom("r", "ann");
        LiveRoom? cold = null;
        _fanout.Rooms.Publish("r", _stored, room => cold = room);
        // As it is between its entry in the directory and the end of its first load.
        (_cold = cold!).Snapshot = null;
    }

    public void Dispose() => _fanout.Dispose();

    [Test]
    public async Task A_change_that_is_told_while_a_load_is_under_way_does_not_wait_for_it()
    {
        using var load = await KernelHold.OfAsync(_cold.Loading);
        var changed = Change(2);

        await Task.Run(() => _fanout.Rooms.Publish("r", changed, _ => { })).OrFailAsync("the change");

        var find = Find();
        load.Release();
        (await find.OrFailAsync("the room"))!.Snapshot.Should().BeSameAs(changed);
    }

    [Test]
    public async Task A_load_does_not_overwrite_what_was_told_while_it_read()
    {
        var changed = Change(2);
        using var gate = await KernelHold.OfAsync(_cold.Gate, last: () => _fanout.Rooms.Publish("r", changed, _ => { }));
        var find = await FindUpToTheGateAsync();
        gate.Release();

        (await find.OrFailAsync("the room"))!.Snapshot.Should().BeSameAs(changed);
        _fanout.Rooms.Peek("r").Should().BeSameAs(changed);
    }

    [Test]
    public async Task The_database_is_read_without_the_gate()
    {
        using var gate = await KernelHold.OfAsync(_cold.Gate);
        var find = await FindUpToTheGateAsync();

        // It has read already, so it does not miss the database when it has the gate.
        _fanout.Database.MakeUnreadable();
        gate.Release();

        (await find.OrFailAsync("the room"))!.Snapshot.MemberIds.Should().Equal("ann");
    }

    [Test]
    public async Task Many_that_ask_for_a_cold_room_at_once_read_it_once()
    {
        using var gate = await KernelHold.OfAsync(_cold.Gate);
        var first = await FindUpToTheGateAsync();

        // Whoever reads from here on fails.
        _fanout.Database.MakeUnreadable();
        Task<RoomView?>[] others = [Find(), Find(), Find()];
        gate.Release();

        var views = await Task.WhenAll([first, .. others]).OrFailAsync("the room");
        views.Should().AllSatisfy(view => view!.Snapshot.Should().BeSameAs(views[0]!.Snapshot));
    }

    [Test]
    public async Task Whoever_waits_for_a_room_that_is_dropped_meanwhile_finds_it_anew()
    {
        _fanout.Time.Advance(TimeSpan.FromSeconds(1));
        using var load = await KernelHold.OfAsync(_cold.Loading);
        var find = Find();
        await Deadline.UntilAsync(() => _cold.LastUsed == _fanout.Time.GetTimestamp(), "it has been asked for");
        _fanout.Time.Advance(TimeSpan.FromMinutes(2));
        _fanout.Rooms.DropUnused();
        _cold.Retired.Should().BeTrue();
        load.Release();

        var found = (await find.OrFailAsync("the room"))!;
        found.Room.Should().NotBeSameAs(_cold);
        found.Room.Retired.Should().BeFalse();
        found.Snapshot.MemberIds.Should().Equal("ann");
        _fanout.Rooms.InUse("r").Should().BeSameAs(found.Room);
    }

    [Test]
    public async Task Whoever_read_a_room_that_is_deleted_before_it_has_the_gate_does_not_bring_it_back()
    {
        using var gate = await KernelHold.OfAsync(_cold.Gate, last: () => _fanout.Rooms.Publish("r", null, _ => { }));
        var find = await FindUpToTheGateAsync();
        _fanout.Database.Run("DELETE FROM rooms");
        gate.Release();

        (await find.OrFailAsync("the answer")).Should().BeNull();
        _fanout.Rooms.Count.Should().Be(0);
    }

    [Test]
    public async Task Readers_and_a_publisher_at_once_never_see_the_room_go_back()
    {
        const int versions = 2_000;
        var publish = Task.Run(() =>
        {
            for (var version = 2; version <= versions; version++) _fanout.Rooms.Publish("r", Change(version), _ => { });
        });
        var readers = Enumerable.Range(0, 2).Select(_ => Task.Run(() =>
        {
            var last = 0L;
            while (last < versions)
            {
                var next = _fanout.Rooms.Find("r")!.Snapshot.Version;
                if (next < last) throw new InvalidOperationException($"{next} came behind {last}.");
                last = next;
            }
        }));

        await Task.WhenAll([publish, .. readers]).OrFailAsync("the last version");
    }

    private RoomSnapshot Change(long version) => _stored.WithMeta(_stored.Meta, version, 0);

    private Task<RoomView?> Find() => Task.Run(() => _fanout.Rooms.Find("r"));

    /// <summary>Asks for the room, and returns when the asker has read it and waits for the gate, which somebody else holds.</summary>
    private async Task<Task<RoomView?>> FindUpToTheGateAsync()
    {
        var found = new TaskCompletionSource<RoomView?>(TaskCreationOptions.RunContinuationsAsynchronously);
        var asker = new Thread(() =>
        {
            try
            {
                found.SetResult(_fanout.Rooms.Find("r"));
            }
            catch (Exception fault)
            {
                found.SetException(fault);
            }
        })
        { IsBackground = true };
        asker.Start();

        // To read it waits for nothing, so a thread that has come to wait while it loads has read. Looked at several times, for it may spin first.
        var timesSeen = 0;
        await Deadline.UntilAsync(
            () =>
            {
                timesSeen = asker.ThreadState.HasFlag(ThreadState.WaitSleepJoin) && IsLoading() ? timesSeen + 1 : 0;
                return timesSeen == 5;
            },
            "it waits for the gate");
        return found.Task;
    }

    private bool IsLoading()
    {
        if (!_cold.Loading.TryEnter()) return true;
        _cold.Loading.Exit();
        return false;
    }
}
