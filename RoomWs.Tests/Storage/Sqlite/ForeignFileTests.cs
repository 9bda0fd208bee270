using FluentAssertions;
using NUnit.Framework;
using RoomWs.Tests.Support;

namespace RoomWs.Tests.Storage.Sqlite;

/// <summary>A path that names the database of another program by mistake costs nothing: nothing of the file is changed, and nothing is left beside it.</summary>
[FixtureLifeCycle(LifeCycle.InstancePerTestCase)]
internal sealed class ForeignFileTests : IDisposable
{
    private readonly TestFiles _files = new();

    public void Dispose() => _files.Dispose();

    [TestCase("shop.db", "CREATE TABLE things (id INTEGER)")]
    [TestCase("a b?c#d%41.db", "CREATE TABLE rooms (id TEXT)")]
    [TestCase("rails.db", "CREATE TABLE schema_migrations (version TEXT NOT NULL PRIMARY KEY)")]
    [TestCase("log.db", "PRAGMA journal_mode = WAL; CREATE TABLE things (id INTEGER)")]
    public async Task A_database_of_another_program_stays_as_it_was(string name, string sql)
    {
        var path = Path.Combine(_files.Folder, name);
        using (var file = SqlRows.Open(path)) file.Run(sql);
        await ExpectUntouchedAsync(path, $"{path} is no database of RoomWs, and is left as it is. Give another file with --database.");
        Directory.GetFiles(_files.Folder).Should().Equal(path);
    }

    [Test]
    public async Task Nor_is_what_its_program_has_left_in_its_log_moved_into_it()
    {
        var path = Path.Combine(_files.Folder, "crashed.db");
        Crash("a log with all in it", path);
        var log = await File.ReadAllBytesAsync(path + "-wal");
        await ExpectUntouchedAsync(path, $"{path} is no database of RoomWs, and is left as it is. Give another file with --database.");
        (await File.ReadAllBytesAsync(path + "-wal")).Should().Equal(log);
        Directory.GetFiles(_files.Folder).Should().BeEquivalentTo([path, path + "-wal"]);
    }

    [Test]
    public async Task Neither_is_a_file_that_is_no_database()
    {
        var path = _files.Write("notes.txt", new string('n', 5_000));
        await ExpectUntouchedAsync(path, $"The file {path} is not a database, or its beginning is damaged. *");
        Directory.GetFiles(_files.Folder).Should().Equal(path);
    }

    [TestCase("DELETE")]
    [TestCase("WAL")]
    [TestCase("a log that is left")]
    [TestCase("a log with all in it")]
    [TestCase("a journal that is left")]
    public async Task The_commands_for_databases_leave_it_and_what_is_beside_it_too(string state)
    {
        var path = Path.Combine(_files.Folder, "shop.db");
        if (state.StartsWith('a')) Crash(state, path);
        else Make(path, state);
        var before = await ContentAsync();
        var copy = Path.Combine(_files.Folder, "copy.db");

        await ExpectRefusedAsync("check-database", "--database", path);
        await ExpectRefusedAsync("backup", copy, "--database", path);
        await ExpectRefusedAsync("restore", path, "--database", copy);
        (await ContentAsync()).Should().BeEquivalentTo(before);

        async Task ExpectRefusedAsync(params string[] command)
        {
            using var tool = ServerProcess.Run([], command);
            var (exitCode, output, error) = await tool.EndWithOutputAsync();
            (exitCode, output).Should().Be((1, ""));
            error.Trim().Should().Be($"{path} is no database of RoomWs; name one that is.");
        }
    }

    [Test]
    public async Task A_database_of_ours_is_copied_while_all_of_it_is_in_the_log_of_its_server()
    {
        var (path, copy) = (Path.Combine(_files.Folder, "rooms.db"), Path.Combine(_files.Folder, "copy.db"));
        var (server, _) = await ServerProcess.StartListeningAsync(path);
        using var _1 = server;
        using var backup = ServerProcess.Run([], ["backup", copy, "--database", path]);
        (await backup.EndWithOutputAsync()).ExitCode.Should().Be(0);
    }

    [Test]
    public async Task A_database_whose_tables_are_all_in_the_log_of_a_killed_server_is_ours()
    {
        var path = Path.Combine(_files.Folder, "rooms.db");
        var (server, _) = await ServerProcess.StartListeningAsync(path);
        await server.KillAsync();
        server.Dispose();
        new FileInfo(path + "-wal").Length.Should().BePositive();

        var (second, _) = await ServerProcess.StartListeningAsync(path);
        second.Dispose();
    }

    [Test]
    public async Task A_file_with_nothing_in_it_becomes_a_database([Values] bool isDatabase)
    {
        var path = _files.Write("rooms.db", "");
        // A database without a table, as another program leaves one that it has only opened.
        if (isDatabase)
        {
            using var file = SqlRows.Open(path);
            file.Run("PRAGMA user_version = 1");
        }

        var (server, _) = await ServerProcess.StartListeningAsync(path);
        server.Dispose();
        using var made = SqlRows.Open(path);
        made.Rows("SELECT COUNT(*) FROM schema_migrations", row => row.GetInt64(0)).Single().Should().BePositive();
    }

    private static void Make(string path, string journalMode)
    {
        using var file = SqlRows.Open(path);
        file.Run($"PRAGMA journal_mode = {journalMode}");
        file.Run("CREATE TABLE things (id INTEGER)");
    }

    /// <summary>A database whose program was killed: what it has committed is in the log, or what it had begun in the file, and what was there before in the journal.</summary>
    private void Crash(string state, string path)
    {
        var live = Path.Combine(_files.Folder, "live.db");
        var hasJournal = state.Contains("journal", StringComparison.Ordinal);
        if (!state.Contains("all", StringComparison.Ordinal)) Make(live, hasJournal ? "DELETE" : "WAL");
        using (var file = SqlRows.Open(live))
        {
            file.Run($"PRAGMA journal_mode = {(hasJournal ? "DELETE" : "WAL")}");
            // Not synchronous, or the journal counts only once it is flushed.
            if (hasJournal) file.Run("PRAGMA synchronous = OFF; BEGIN IMMEDIATE");
            file.Run("CREATE TABLE more (id INTEGER)");
            var suffix = hasJournal ? "-journal" : "-wal";
            File.Copy(live, path);
            File.Copy(live + suffix, path + suffix);
        }

        foreach (var left in Directory.GetFiles(_files.Folder, "live.db*")) File.Delete(left);
        new FileInfo(path).Length.Should().BePositive();
    }

    /// <summary>All files of the folder, and what is in them.</summary>
    private async Task<Dictionary<string, string>> ContentAsync()
    {
        var content = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var path in Directory.GetFiles(_files.Folder)) content[path] = Convert.ToHexString(await File.ReadAllBytesAsync(path));
        return content;
    }

    private static async Task ExpectUntouchedAsync(string path, string reason)
    {
        const UnixFileMode everybody = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.GroupRead | UnixFileMode.OtherRead;
        if (!OperatingSystem.IsWindows()) File.SetUnixFileMode(path, everybody);
        var before = await File.ReadAllBytesAsync(path);
        using var server = ServerProcess.Run([], ["serve", "--dev", "--port", "0", "--database", path]);
        var (exitCode, error) = await server.EndAsync();

        exitCode.Should().Be(1);
        error.Trim().Should().NotContain("\n").And.NotContain("..").And.Match(reason);
        (await File.ReadAllBytesAsync(path)).Should().Equal(before);
        if (!OperatingSystem.IsWindows()) File.GetUnixFileMode(path).Should().Be(everybody);
        File.Exists(path + ".lock").Should().BeFalse();
    }
}
