using FluentAssertions;
using Microsoft.Data.Sqlite;
using Microsoft.Extensions.Logging;
using Npgsql;
using NUnit.Framework;
using RoomWs.Server.Storage;
using RoomWs.Server.Storage.Postgres;
using RoomWs.Server.Storage.Sqlite;
using RoomWs.Tests.Support;

namespace RoomWs.Tests.Storage;

[FixtureLifeCycle(LifeCycle.InstancePerTestCase)]
internal sealed class StorageOutageTests : IDisposable
{
    private static readonly SqliteException Full = new("full", 13);
    private static readonly SqliteException ReadOnly = new("read-only", 8);
    private static readonly NpgsqlException Lost = new("lost", new IOException("lost"));

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

    [Test]
    public void The_writer_and_readers_that_meet_it_have_one_line_and_it_ends_with_the_last_of_them()
    {
        var outage = Away();
        outage.BeginReads(Lost, outage.Turns);
        outage.Begin(Lost);
        outage.End();
        outage.IsOn.Should().BeTrue("nothing was read yet");
        outage.EndReads(outage.Losses - 1);
        outage.IsOn.Should().BeTrue("that was read on a connection from before");
        outage.EndReads(outage.Losses);

        outage.IsOn.Should().BeFalse();
        _log.Entries.Select(entry => entry.EventId).Should().Equal(1010, 1011);
    }

    [Test]
    public void A_read_that_fails_for_an_outage_that_is_over_begins_no_other()
    {
        var outage = Away();
        var turn = outage.Turns;
        outage.Begin(Lost);
        outage.End();
        outage.BeginReads(Lost, turn);

        outage.IsOn.Should().BeFalse();
        _log.Entries.Select(entry => entry.EventId).Should().Equal(1010, 1011);
    }

    [Test]
    public void A_batch_that_fails_for_an_outage_that_a_reader_saw_end_is_run_again_at_once_and_begins_no_other()
    {
        var outage = Away();
        outage.BeginReads(Lost, outage.Turns);
        outage.EndReads(outage.Losses);
        var retry = new BatchRetry(new PostgresFaults("database roomws at db:5432"), outage, TimeSpan.Zero, new ManualTimeProvider());
        retry.Begin();

        retry.Again(Lost).Should().BeTrue();
        retry.Again(Lost).Should().BeFalse("that is news, and it has no patience");
        _log.Entries.Select(entry => entry.EventId).Should().Equal(1010, 1011, 1010);
    }

    [Test]
    public void Reads_that_wait_go_on_when_one_was_refused()
    {
        var outage = Away();
        outage.ReadsGoOn.IsCompleted.Should().BeTrue();
        outage.BeginReads(Lost, outage.Turns);
        var wait = outage.ReadsGoOn;
        wait.IsCompleted.Should().BeFalse();
        var refusal = outage.RefuseRead(Lost);

        wait.IsCompleted.Should().BeTrue();
        outage.RefuseRead()!.LogId.Should().Be(refusal.LogId);
        outage.EndReads(outage.Losses);
        outage.RefuseRead().Should().BeNull();
        _log.Entries.Last().Message.Should().Be($"The database can be used again; 2 requests were refused with log id {refusal.LogId}");
    }

    private StorageOutage Away() => new(new PostgresFaults("database roomws at db:5432"), _loggers.CreateLogger("outage"));
}
