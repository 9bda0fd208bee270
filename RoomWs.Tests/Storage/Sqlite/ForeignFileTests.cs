using System.Globalization;
using FluentAssertions;
using Microsoft.Data.Sqlite;
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
        var path = await CrashedAsync("CREATE TABLE things (id INTEGER)");
        var log = await File.ReadAllBytesAsync(path + "-wal");
        await ExpectUntouchedAsync(path, $"{path} is no database of RoomWs, and is left as it is. Give another file with --database.");
        (await File.ReadAllBytesAsync(path + "-wal")).Should().Equal(log);
    }

    [Test]
    public async Task Neither_is_a_file_that_is_no_database()
    {
        var path = _files.Write("notes.txt", new string('n', 5_000));
        await ExpectUntouchedAsync(path, $"The file {path} is not a database, or its beginning is damaged. *");
        Directory.GetFiles(_files.Folder).Should().Equal(path);
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

    /// <summary>A database whose program was killed: what it has committed is in the log.</summary>
    private async Task<string> CrashedAsync(string sql)
    {
        var (live, path) = (Path.Combine(_files.Folder, "live.db"), Path.Combine(_files.Folder, "crashed.db"));
        using var file = new SqliteConnection(string.Create(CultureInfo.InvariantCulture, $"Data Source={live};Pooling=False"));
        await file.OpenAsync();
        file.Run("PRAGMA journal_mode = WAL");
        file.Run(sql);
        File.Copy(live, path);
        File.Copy(live + "-wal", path + "-wal");
        return path;
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
