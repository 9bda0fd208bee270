using FluentAssertions;
using Microsoft.Data.Sqlite;
using NUnit.Framework;
using RoomWs.Server.Storage.Sqlite;
using RoomWs.Tests.Documentation;
using RoomWs.Tests.Support;

namespace RoomWs.Tests.Storage;

/// <summary>A reader that stays keeps the write-ahead log growing. When it has left, the log does not stay as long as that.</summary>
[FileOnly("No other database has this log.")]
internal sealed class WriteAheadLogTests
{
    [Test]
    public async Task Commits_after_a_long_reader_has_left_cut_the_log_to_its_limit()
    {
        using var files = new TestFiles();
        var database = Path.Combine(files.Folder, "rooms.db");
        var (server, url) = await ServerProcess.StartListeningAsync(database, "--limits-requests-per-second", "0");
        using var _ = server;
        using var alice = await WireSocket.ConnectAsync(new Uri(url + "?user=alice"));
        await alice.AskAsync(new { type = "ROOM_CREATE", roomId = "r1" });
        var say = new { type = "ROOM_MESSAGE", roomId = "r1", content = new string('€', 10_000) };

        using (BeginReading(database))
        {
            for (var i = 0; LogBytes(database) <= SqliteFile.LogLimit && i < 2_000; i++) await alice.AskAsync(say);
            for (var i = 0; i < 50; i++) await alice.AskAsync(say);
        }

        LogBytes(database).Should().BeGreaterThan(SqliteFile.LogLimit + 1_000_000);
        for (var i = 0; i < 3; i++) await alice.AskAsync(say);
        LogBytes(database).Should().BeLessThanOrEqualTo(SqliteFile.LogLimit);
    }

    [Test]
    public async Task Where_no_commit_comes_any_more_the_log_is_emptied_too_and_no_reader_is_waited_for()
    {
        using var database = new KernelDatabase();
        database.AddRoom("r", "alice");
        using var writer = new KernelWriter(database, new KernelSink());
        using (BeginReading(database.Path))
        {
            (await ChangeAsync()).Should().BeTrue();
            var grown = LogBytes(database.Path);
            grown.Should().BePositive();
            (await ShrinkAsync()).Should().BeTrue();
            LogBytes(database.Path).Should().Be(grown, "a reader still needs it");
        }

        (await ShrinkAsync()).Should().BeTrue();
        LogBytes(database.Path).Should().Be(0);
        (await ChangeAsync()).Should().BeTrue();
        LogBytes(database.Path).Should().BePositive("it is emptied when that is asked for alone");
        using var file = SqlRows.Open(database.Path);
        file.Rows("SELECT version FROM rooms", row => row.GetInt64(0)).Should().Equal(3);

        Task<bool> ChangeAsync() => writer.Queue.RunAsync(write => write.Rooms.MembersChanged("r", 0, write.Now)).OrFailAsync("the change");
        Task<bool> ShrinkAsync() => writer.Queue.RunAsync(write => write.ShrinkLog()).OrFailAsync("the shrinking");
    }

    [Test]
    public async Task The_server_does_so_by_itself()
    {
        var time = new ManualTimeProvider();
        await using var server = await TestServer.StartAsync(time: time);
        var alice = await TestClient.ConnectAsync(server, "alice");
        await alice.CreateRoomAsync("r1");
        LogBytes(server.Options.Database).Should().BePositive();

        time.Advance(TimeSpan.FromMinutes(10));
        await Deadline.UntilAsync(() => LogBytes(server.Options.Database) == 0, "the log is empty");
    }

    private static SqliteConnection BeginReading(string database)
    {
        var reader = SqlRows.Open(database);
        reader.Run("BEGIN");
        reader.Rows("SELECT COUNT(*) FROM rooms", row => row.GetInt64(0));
        return reader;
    }

    private static long LogBytes(string database) => new FileInfo(database + "-wal").Length;
}
