using FluentAssertions;
using NUnit.Framework;
using RoomWs.Tests.Support;

namespace RoomWs.Tests.SupportTests;

[FixtureLifeCycle(LifeCycle.InstancePerTestCase)]
internal sealed class ManualTimeProviderTests
{
    private readonly ManualTimeProvider _time = new();

    [Test]
    public void Timers_fire_in_the_order_they_are_due_each_at_its_own_time()
    {
        var start = _time.UtcNow;
        var fired = new List<string>();
        using var late = _time.CreateTimer(_ => fired.Add($"late {(_time.UtcNow - start).TotalSeconds}"), null, TimeSpan.FromSeconds(3), Timeout.InfiniteTimeSpan);
        using var early = _time.CreateTimer(_ => fired.Add($"early {(_time.UtcNow - start).TotalSeconds}"), null, TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(1));

        _time.Advance(TimeSpan.FromSeconds(2.5));
        fired.Should().Equal("early 1", "early 2");

        _time.Advance(TimeSpan.FromSeconds(0.5));
        fired.Skip(2).Should().BeEquivalentTo("late 3", "early 3");
        _time.GetElapsedTime(0).Should().Be(TimeSpan.FromSeconds(3));
    }

    [Test]
    public async Task Delays_end_when_time_passes_and_disposed_timers_never_fire()
    {
        var delay = Task.Delay(TimeSpan.FromSeconds(5), _time);
        var fired = false;
        _time.CreateTimer(_ => fired = true, null, TimeSpan.FromSeconds(1), Timeout.InfiniteTimeSpan).Dispose();

        _time.Advance(TimeSpan.FromSeconds(4));
        delay.IsCompleted.Should().BeFalse();
        _time.Advance(TimeSpan.FromSeconds(1));

        await delay;
        fired.Should().BeFalse();
        _time.PendingTimers.Should().Be(0);
    }
}
