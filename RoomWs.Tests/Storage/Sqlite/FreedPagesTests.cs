using System.Text;
using Dapper;
using FluentAssertions;
using Microsoft.Extensions.Logging;
using NUnit.Framework;
using RoomWs.Server.Storage.Sqlite;
using RoomWs.Tests.Support;

namespace RoomWs.Tests.Storage.Sqlite;

/// <summary>What is deleted is gone from the file, and its pages can be given back.</summary>
[FixtureLifeCycle(LifeCycle.InstancePerTestCase)]
internal sealed class FreedPagesTests : IDisposable
{
    private const string Words = "between you and me";

    private readonly TestFiles _files = new();
    private readonly MemoryLog _log = new();
    private readonly ILoggerFactory _loggers;

    public FreedPagesTests() => _loggers = _log.CreateFactory(isComplete: false);

    private string Database => Path.Combine(_files.Folder, "rooms.db");

    public void Dispose()
    {
        _loggers.Dispose();
        _log.Dispose();
        _files.Dispose();
    }

    [Test]
    public void A_new_file_can_give_its_pages_back()
    {
        using var writer = OlderDatabase.BringUp(Database, _loggers);

        // 2 is INCREMENTAL.
        writer.ExecuteScalar<long>("PRAGMA auto_vacuum").Should().Be(2);
        writer.ExecuteScalar<string>("PRAGMA journal_mode").Should().Be("wal");
        FreedPages.TellIfKept(writer, _loggers.CreateLogger("file"));
        _log.Entries.Should().BeEmpty();
    }

    [Test]
    public void A_start_tells_of_an_older_file_that_it_cannot_and_what_to_do()
    {
        OlderDatabase.Make(Database);
        using var writer = OlderDatabase.BringUp(Database, _loggers);
        FreedPages.TellIfKept(writer, _loggers.CreateLogger("file"));

        _log.Entries.Single(entry => entry.EventId == 1104).Message.Should().Be($"The database {Database} was made by an older version, and gives no space back; it does after ./run.sh compact, which needs the server stopped");
    }

    [TestCase("DELETE FROM messages WHERE seq > 0")]
    [TestCase("UPDATE messages SET content = NULL WHERE seq > 0")]
    [TestCase("UPDATE messages SET content = 'nothing' WHERE seq > 0")]
    public void Words_that_were_deleted_are_not_in_the_file_any_more(string deletion)
    {
        using var writer = OlderDatabase.BringUp(Database, _loggers);
        // Short ones that share a page, and long ones that have pages of their own.
        writer.Run($"""
            INSERT INTO messages (room_number, seq, id, content, message_type, sent_at)
            SELECT 1, value, 'm' || value, CASE value % 10 WHEN 0 THEN replace(hex(zeroblob(1000)), '00', '{Words}') ELSE '{Words}' END, 'text', 0 FROM {SqlRows.Numbers(500)}
            """);
        Contents(writer).Should().Contain(Words);

        writer.Run(deletion);
        Contents(writer).Should().NotContain(Words);
    }

    private string Contents(PreparedConnection writer)
    {
        writer.QueryFirst<long>("PRAGMA wal_checkpoint(TRUNCATE)").Should().Be(0);
        using var file = new FileStream(Database, FileMode.Open, FileAccess.Read, FileShare.ReadWrite);
        using var reader = new StreamReader(file, Encoding.Latin1);
        return reader.ReadToEnd();
    }
}
