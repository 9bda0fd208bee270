using FluentAssertions;
using Microsoft.Extensions.Logging.Abstractions;
using NUnit.Framework;
using RoomWs.Server.Configuration;
using RoomWs.Server.Fanout;
using RoomWs.Server.Transport;
using RoomWs.Tests.Support;

namespace RoomWs.Tests.Fanout;

/// <summary>A user who comes back at the very moment at which its grace ends.</summary>
[FixtureLifeCycle(LifeCycle.InstancePerTestCase)]
internal sealed class PresenceRaceTests : IDisposable
{
    private readonly KernelFanout _fanout = new();
    private readonly WatchedTime _time = new();
    private readonly KernelWriter _writer;
    private readonly Presence _presence;
    private readonly KernelSocket _ann;

    public PresenceRaceTests()
    {
        _fanout.AddRoom("r", "ann", "ben", "mark");
        _ann = _fanout.Connect("ann");
        _writer = new KernelWriter(_fanout.Database, new KernelSink(), _fanout.Rooms);
        var inbox = new PresenceInbox(skipsPairs: false);
        _presence = new Presence(
            new PresenceTeller(inbox, new ShownUsers(), _fanout.Rooms, _fanout.Members, _fanout.Connections, _fanout.Database.Reads, _writer.Queue, new LimitOptions(), _time, NullLogger<PresenceTeller>.Instance),
            new LonePresence(inbox, _writer.Queue),
            new ComingClients(static () => 0, _time),
            new Alarms(_time, NullLogger<Alarms>.Instance),
            _time);
    }

    public void Dispose()
    {
        _presence.Dispose();
        _writer.Dispose();
        _fanout.Dispose();
    }

    [Test]
    public async Task The_end_of_the_grace_is_told_before_the_return_that_comes_behind_it()
    {
        _presence.Came("ben", "ben");
        _presence.Went("ben", "ben");
        // Who is told as gone has the time of it asked for first; right then ben comes back, on another thread, as far as it can.
        Thread? comer = null;
        _time.BeforeNow = () =>
        {
            _time.BeforeNow = null;
            comer = new Thread(() => _presence.Came("ben", "ben")) { IsBackground = true };
            comer.Start();
            SpinWait.SpinUntil(() => comer.ThreadState.HasFlag(ThreadState.WaitSleepJoin) || !comer.IsAlive, Deadline.Span);
        };
        _time.Manual.Advance(Presence.Grace);
        comer!.Join(Deadline.Span).Should().BeTrue();

        (await HeardAsync(3)).Should().Equal("ONLINE", "OFFLINE", "ONLINE");
        _presence.IsShownOnline("ben", to: "ann").Should().BeTrue();
    }

    [Test]
    public async Task The_end_waits_for_a_grace_that_is_just_over()
    {
        _presence.Came("ben", "ben");
        (await HeardAsync(1)).Should().Equal("ONLINE");
        _presence.Went("ben", "ben");
        Thread? ender = null;
        _time.BeforeNow = () =>
        {
            _time.BeforeNow = null;
            ender = new Thread(() =>
            {
                _presence.Dispose();
                _writer.Queue.Dispose();
            })
            { IsBackground = true };
            ender.Start();
            SpinWait.SpinUntil(() => ender.ThreadState.HasFlag(ThreadState.WaitSleepJoin) || !ender.IsAlive, Deadline.Span);
        };

        // On a timer's thread an exception would end the process.
        var end = () => _time.Manual.Advance(Presence.Grace);
        end.Should().NotThrow();
        ender!.Join(Deadline.Span).Should().BeTrue();
    }

    [Test]
    public async Task However_often_a_user_comes_and_goes_at_once_it_is_told_in_turns_and_as_gone_in_the_end()
    {
        const int rounds = 1_000;
        var tabs = Enumerable.Range(0, 2).Select(_ => Task.Run(() =>
        {
            for (var i = 0; i < rounds; i++)
            {
                _presence.Came("ben", "ben");
                _presence.Went("ben", "ben");
            }
        })).ToArray();
        var all = Task.WhenAll(tabs);
        while (!all.IsCompleted) _time.Manual.Advance(Presence.Grace);
        await all;
        _time.Manual.Advance(Presence.Grace);
        _time.Manual.PendingTimers.Should().Be(0);

        // All that was told is there once the mark behind it is.
        _presence.Came("mark", "mark");
        var heard = new List<string>();
        for (var frame = await _ann.NextAsync(); frame.Text("userId") != "mark"; frame = await _ann.NextAsync()) heard.Add(frame.Text("status"));

        heard.Should().NotBeEmpty();
        heard.Should().Equal(Enumerable.Range(0, heard.Count).Select(i => i % 2 == 0 ? "ONLINE" : "OFFLINE"));
        heard.Should().EndWith("OFFLINE");
        _presence.IsShownOnline("ben", to: "ann").Should().BeFalse();
    }

    private async Task<string[]> HeardAsync(int count)
    {
        var heard = new string[count];
        for (var i = 0; i < count; i++) heard[i] = (await _ann.NextAsync()).Text("status");
        return heard;
    }

    /// <summary>A clock that a test can do something at while it is read.</summary>
    private sealed class WatchedTime : TimeProvider
    {
        public ManualTimeProvider Manual { get; } = new();

        public Action? BeforeNow { get; set; }

        public override DateTimeOffset GetUtcNow()
        {
            BeforeNow?.Invoke();
            return Manual.GetUtcNow();
        }

        public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period) => Manual.CreateTimer(callback, state, dueTime, period);
    }
}
