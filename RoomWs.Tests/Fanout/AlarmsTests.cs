using FluentAssertions;
using Microsoft.Extensions.Logging;
using NUnit.Framework;
using RoomWs.Server.Fanout;
using RoomWs.Tests.Support;

namespace RoomWs.Tests.Fanout;

internal sealed class AlarmsTests
{
    [Test]
    public void What_throws_when_it_is_due_is_logged_and_the_others_are_due_all_the_same()
    {
        var time = new ManualTimeProvider();
        using var log = new MemoryLog();
        using var loggers = log.CreateFactory(isComplete: false);
        var alarms = new Alarms(time, loggers.CreateLogger<Alarms>());
        var due = new List<string>();
        using var first = alarms.Set(_ => throw new InvalidOperationException("on purpose"), TimeSpan.FromSeconds(1));
        using var second = alarms.Set(_ => due.Add("second"), TimeSpan.FromSeconds(1));
        using var third = alarms.Make(_ => due.Add("third"));

        time.Advance(TimeSpan.FromSeconds(1));
        due.Should().Equal("second");
        log.Faults.Select(fault => fault.EventId).Should().Equal(5002);

        third.Change(TimeSpan.FromSeconds(2), Timeout.InfiniteTimeSpan);
        time.Advance(TimeSpan.FromSeconds(5));
        due.Should().Equal("second", "third");
    }
}
