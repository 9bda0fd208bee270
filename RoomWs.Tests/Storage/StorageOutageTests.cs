using FluentAssertions;
using Microsoft.Data.Sqlite;
using Microsoft.Extensions.Logging;
using NUnit.Framework;
using RoomWs.Server.Storage;
using RoomWs.Server.Storage.Sqlite;
using RoomWs.Tests.Support;

namespace RoomWs.Tests.Storage;

[FixtureLifeCycle(LifeCycle.InstancePerTestCase)]
internal sealed class StorageOutageTests : IDisposable
{
    private static readonly SqliteException Full = new("full", 13);
    private static readonly SqliteException ReadOnly = new("read-only", 8);

    private readonly MemoryLog _log = new();
    private readonly ILoggerFactory _loggers;
    private readonly StorageOutage _outage;

    public StorageOutageTests()
    {
        _loggers = _log.CreateFactory(isComplete: false);
        _outage = new StorageOutage(new SqliteFaults("/data/rooms.db"), _loggers.CreateLogger("outage"));
    }

    public void Dispose()
    {
        _loggers.Dispose();
        _log.Dispose();
    }

    [Test]
    public void It_is_on_from_the_first_refusal_to_its_end_under_one_log_id()
    {
        _outage.IsOn.Should().BeFalse();
        var first = _outage.Refuse(Full, 2);
        var second = _outage.Refuse(Full, 3);

        _outage.IsOn.Should().BeTrue();
        second.LogId.Should().Be(first.LogId);
        first.InnerException.Should().BeSameAs(Full);

        _outage.End();
        _outage.IsOn.Should().BeFalse();
        _log.Entries.Select(entry => entry.EventId).Should().Equal(1005, 1006);
        _log.Entries.First().Message.Should().Contain("the disk is full").And.Contain("/data").And.Contain(first.LogId);
        _log.Entries.Last().Message.Should().Contain("; 5 were refused").And.Contain(first.LogId);
    }

    [Test]
    public void Another_reason_is_told_and_belongs_to_the_same_outage()
    {
        var first = _outage.Refuse(Full, 1);
        var second = _outage.Refuse(ReadOnly, 1);
        _outage.Refuse(ReadOnly, 1);

        second.LogId.Should().Be(first.LogId);
        _log.Entries.Select(entry => entry.EventId).Should().Equal(1005, 1005);
        _log.Entries.Last().Message.Should().Contain("read-only");
    }

    [Test]
    public void The_next_outage_begins_anew()
    {
        var first = _outage.Refuse(Full, 5);
        _outage.End();
        var second = _outage.Refuse(Full, 1);
        _outage.End();

        second.LogId.Should().NotBe(first.LogId);
        _log.Entries.Select(entry => entry.EventId).Should().Equal(1005, 1006, 1005, 1006);
        _log.Entries.Last().Message.Should().Contain("; 1 were refused");
    }
}
