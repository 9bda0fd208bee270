using System.Globalization;
using FluentAssertions;
using NUnit.Framework;
using RoomWs.Tests.Documentation;
using RoomWs.Tests.Support;

namespace RoomWs.Tests.Storage.Sqlite;

/// <summary>A start costs the same however much is stored, and whoever wants to know whether all of it is whole asks.</summary>
[FixtureLifeCycle(LifeCycle.InstancePerTestCase)]
internal sealed class DatabaseCheckTests : IDisposable
{
    private const int PageSize = 4_096;

    private readonly TestFiles _files = new();

    private string Database => Path.Combine(_files.Folder, "rooms.db");

    public void Dispose() => _files.Dispose();

    [Test]
    [Platform("Linux", Reason = "The system counts what a process reads.")]
    public async Task A_start_does_not_read_what_is_stored()
    {
        await MakeDatabaseAsync();
        var small = await ReadAtStartAsync();
        using (var file = SqlRows.Open(Database)) file.Run("INSERT INTO users (id, username, thumbnail_url, updated_at) VALUES ('u', 'u', hex(zeroblob(40000000)), 0)");

        new FileInfo(Database).Length.Should().BeGreaterThan(80_000_000);
        (await ReadAtStartAsync()).Should().BeCloseTo(small, 20_000_000);
    }

    [Test]
    public async Task A_whole_database_is_said_to_be_whole_while_its_server_runs_and_after_it()
    {
        var (server, _) = await ServerProcess.StartListeningAsync(Database);
        var (exitCode, output, error) = await CheckAsync();
        (exitCode, error).Should().Be((0, ""));
        output.Should().StartWith($"The database {Database} is whole, ");
        server.Terminate();
        await server.EndAsync();
        server.Dispose();

        var kept = Directory.GetFiles(_files.Folder);
        var whole = string.Create(CultureInfo.InvariantCulture, $"The database {Database} is whole, {new FileInfo(Database).Length} bytes{Environment.NewLine}");
        (await CheckAsync()).Should().Be((0, whole, ""));
        Directory.GetFiles(_files.Folder).Should().BeEquivalentTo(kept);
    }

    [TestCase(2)]
    [TestCase(6)]
    public async Task A_page_that_is_garbage_is_found_by_the_check_alone(int fromTheEnd)
    {
        await MakeDatabaseAsync();
        // The last pages hold messages. The first ones hold the schema, which a start does read.
        Overwrite(new FileInfo(Database).Length - (fromTheEnd * PageSize), PageSize);

        var (server, _) = await ServerProcess.StartListeningAsync(Database);
        server.Dispose();
        await ExpectFindingAsync($"The database {Database} is damaged (*). Restore it from a backup, or give another file with --database.");
    }

    [Test]
    public async Task An_index_that_lacks_a_row_is_found()
    {
        await MakeDatabaseAsync();
        using (var file = SqlRows.Open(Database))
        {
            // The index is made to look as if it were about nobody, so the rows that are deleted from the table stay in it.
            file.Run("PRAGMA writable_schema = ON; UPDATE sqlite_master SET sql = sql || ' WHERE user_id = ''nobody''' WHERE name = 'members_by_user'; PRAGMA writable_schema = OFF");
        }

        using (var file = SqlRows.Open(Database))
        {
            file.Run("DELETE FROM members WHERE role >= 0");
            file.Run("PRAGMA writable_schema = ON; UPDATE sqlite_master SET sql = replace(sql, ' WHERE user_id = ''nobody''', '') WHERE name = 'members_by_user'; PRAGMA writable_schema = OFF");
        }

        await ExpectFindingAsync($"The database {Database} is damaged (*members_by_user*). Restore it from a backup, or give another file with --database.");
    }

    [TestCase("UPDATE rooms SET member_count = 77", "the number of the members of a room is wrong, first of r1")]
    [TestCase("UPDATE rooms SET board_count = 1", "the number of the boards of a room is wrong, first of r1")]
    [TestCase("UPDATE rooms SET message_seq = 3", "the number of the messages of a room is wrong, first of r1")]
    [TestCase("UPDATE head SET room_count = 5", "the number of the rooms is wrong, first of head")]
    [TestCase("UPDATE head SET next_number = 1", "the number of the numbers that are given out is wrong, first of head")]
    [TestCase("DELETE FROM head", "its table head has not one row")]
    [TestCase("DROP TABLE remains", "it has no table remains")]
    public async Task Tables_that_say_something_else_of_each_other_are_found(string damage, string finding)
    {
        await MakeDatabaseAsync();
        using (var file = SqlRows.Open(Database)) file.Run(damage);
        await ExpectFindingAsync($"The database {Database} is damaged ({finding}). Restore it from a backup, or give another file with --database.");
    }

    [Test]
    public async Task What_is_no_database_of_ours_is_not_whole()
    {
        await ExpectFindingAsync($"There is no database {Database}; name it with --database.");

        await File.WriteAllTextAsync(Database, new string('?', 8_192));
        await ExpectFindingAsync($"The file {Database} is not a database, or its beginning is damaged. Restore it from a backup, or give another file with --database.");

        File.Delete(Database);
        using (var other = SqlRows.Open(Database)) other.Run("CREATE TABLE things (id INTEGER)");
        await ExpectFindingAsync($"{Database} is no database of RoomWs; name one that is.");
    }

    [TestCase("INSERT INTO schema_migrations VALUES (999, '0999_later.sql', '', 0)", "The database * has schema 999, and this program knows * at most. Run the newer program, or give another file with --database.")]
    [TestCase("UPDATE schema_migrations SET checksum = 'other' WHERE version = 2", "Migration 0002_*.sql of the database * is not the one that this program has. Run the program that made it, or give another file with --database.")]
    public async Task What_a_start_would_refuse_is_not_said_to_be_whole(string sql, string finding)
    {
        await MakeDatabaseAsync();
        using (var file = SqlRows.Open(Database)) file.Run(sql);
        await ExpectFindingAsync(finding);
    }

    private async Task MakeDatabaseAsync()
    {
        var (server, url) = await ServerProcess.StartListeningAsync(Database);
        using var _ = server;
        using (var alice = await WireSocket.ConnectAsync(new Uri(url + "?user=alice")))
        {
            await alice.AskAsync(new { type = "ROOM_CREATE", roomId = "r1" });
            for (var i = 0; i < 20; i++) await alice.AskAsync(new { type = "ROOM_MESSAGE", roomId = "r1", content = new string('x', 3_000) });
        }

        server.Terminate();
        (await server.EndAsync()).ExitCode.Should().Be(0);
    }

    /// <summary>How many bytes a server has read when it listens, those of its own program among them.</summary>
    private async Task<long> ReadAtStartAsync()
    {
        var (server, _) = await ServerProcess.StartListeningAsync(Database);
        using var _1 = server;
        var counters = await File.ReadAllLinesAsync($"/proc/{server.Id}/io");
        return long.Parse(counters.Single(line => line.StartsWith("rchar: ", StringComparison.Ordinal))["rchar: ".Length..], CultureInfo.InvariantCulture);
    }

    private async Task<(int ExitCode, string Output, string Error)> CheckAsync()
    {
        using var check = ServerProcess.Run([], ["check-database", "--database", Database]);
        return await check.EndWithOutputAsync();
    }

    private async Task ExpectFindingAsync(string finding)
    {
        var (exitCode, output, error) = await CheckAsync();
        (exitCode, output).Should().Be((1, ""));
        error.Trim().Should().NotContain("\n").And.Match(finding);
    }

    private void Overwrite(long at, int length)
    {
        using var file = File.OpenWrite(Database);
        file.Position = at;
        file.Write(Enumerable.Repeat((byte)0xAA, length).ToArray());
    }
}
