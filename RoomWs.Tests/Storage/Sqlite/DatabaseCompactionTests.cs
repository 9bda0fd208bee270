using System.Text;
using FluentAssertions;
using NUnit.Framework;
using RoomWs.Server.Storage.Sqlite;
using RoomWs.Tests.Support;

namespace RoomWs.Tests.Storage.Sqlite;

/// <summary>A stopped database gives back what was deleted from it, and holds what it held.</summary>
[FixtureLifeCycle(LifeCycle.InstancePerTestCase)]
internal sealed class DatabaseCompactionTests : IDisposable
{
    private const string Words = "between you and me";

    private readonly TestFiles _files = new();

    private string Database => Path.Combine(_files.Folder, "rooms.db");

    public void Dispose() => _files.Dispose();

    [Test]
    public async Task What_was_deleted_is_given_back_and_the_rest_stays()
    {
        OlderDatabase.Make(Database);
        Forget();
        var before = new FileInfo(Database).Length;
        Encoding.Latin1.GetString(await File.ReadAllBytesAsync(Database)).Should().Contain(Words, "an older version only takes it out of the lists");

        var (exitCode, output, error) = await CompactAsync();

        var after = new FileInfo(Database).Length;
        (exitCode, error).Should().Be((0, ""));
        output.Should().Be(FormattableString.Invariant($"Compacted {Database} from {before} to {after} bytes, {before - after} given back{Environment.NewLine}"));
        after.Should().BeLessThan(before / 2);
        Encoding.Latin1.GetString(await File.ReadAllBytesAsync(Database)).Should().NotContain(Words);
        Directory.GetFiles(_files.Folder).Should().Equal(Database);
        using var file = SqlRows.Open(Database);
        file.Texts("PRAGMA integrity_check").Should().Equal("ok");
        file.Texts("SELECT content FROM messages ORDER BY sent_at").Should().Equal("Hello", "Order!", "Grüß Gott 👋", "I leave", "");
    }

    [Test]
    public async Task After_that_a_file_can_give_back_by_itself()
    {
        OlderDatabase.Make(Database);
        AutoVacuum().Should().Be("0");
        (await CompactAsync()).ExitCode.Should().Be(0);
        AutoVacuum().Should().Be("2");
    }

    [Test]
    public async Task What_a_killed_server_has_left_in_the_log_is_kept()
    {
        var live = Path.Combine(_files.Folder, "live.db");
        OlderDatabase.Make(live);
        using (var file = SqlRows.Open(live))
        {
            file.Run("UPDATE users SET username = 'Alicia' WHERE id = 'alice'");
            File.Copy(live, Database);
            File.Copy(live + "-wal", Database + "-wal");
        }

        (await CompactAsync()).ExitCode.Should().Be(0);
        using var compacted = SqlRows.Open(Database);
        compacted.Texts("SELECT username FROM users WHERE id = 'alice'").Should().Equal("Alicia");
    }

    [Test]
    public async Task A_database_that_a_server_uses_is_left_alone()
    {
        OlderDatabase.Make(Database);
        var before = await File.ReadAllBytesAsync(Database);
        using (DatabaseLock.Take(Database))
            await ExpectRefusalAsync(FormattableString.Invariant($"The database {Database} is in use by another RoomWs server, process {Environment.ProcessId}. Stop that one, or give another file with --database."));

        (await File.ReadAllBytesAsync(Database)).Should().Equal(before);
    }

    [Test]
    public async Task One_that_another_program_reads_says_that_it_is_not_shorter_yet()
    {
        OlderDatabase.Make(Database);
        using (var reader = SqlRows.Open(Database))
        {
            reader.Run("BEGIN; SELECT COUNT(*) FROM rooms");
            await ExpectRefusalAsync($"The database {Database} is compacted, but another program reads it, and so its file is not shorter yet. End that program and run this again.");
        }

        (await CompactAsync()).ExitCode.Should().Be(0);
    }

    [Test]
    public async Task What_is_no_database_of_ours_is_left_alone()
    {
        await ExpectRefusalAsync($"There is no database {Database}; name it with --database.");

        await File.WriteAllTextAsync(Database, "");
        await ExpectRefusalAsync($"{Database} is no database of RoomWs; name one that is.");

        using (var other = SqlRows.Open(Database)) other.Run("CREATE TABLE things (id INTEGER)");
        var before = await File.ReadAllBytesAsync(Database);
        await ExpectRefusalAsync($"{Database} is no database of RoomWs, and is left as it is. Give another file with --database.");
        (await File.ReadAllBytesAsync(Database)).Should().Equal(before);
        Directory.GetFiles(_files.Folder).Should().Equal(Database);
    }

    /// <summary>Writes much and deletes it, as a version does that overwrites nothing.</summary>
    private void Forget()
    {
        using var file = SqlRows.Open(Database);
        file.Run($"PRAGMA secure_delete = OFF; INSERT INTO users (id, username, updated_at) SELECT 'user_' || value, replace(hex(zeroblob(100)), '00', '{Words}'), 0 FROM {SqlRows.Numbers(500)}");
        file.Run("DELETE FROM users WHERE updated_at = 0");
    }

    private string AutoVacuum()
    {
        using var file = SqlRows.Open(Database);
        return file.Texts("PRAGMA auto_vacuum").Single();
    }

    private Task<(int ExitCode, string Output, string Error)> CompactAsync() => new CommandLineRun().RunAsync("compact", "--database", Database);

    private async Task ExpectRefusalAsync(string reason)
    {
        var (exitCode, output, error) = await CompactAsync();
        (exitCode, output).Should().Be((1, ""));
        error.Trim().Should().Be(reason);
    }
}
