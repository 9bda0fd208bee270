using System.Runtime.Versioning;
using FluentAssertions;
using NUnit.Framework;
using RoomWs.Tests.Documentation;
using RoomWs.Tests.Support;

namespace RoomWs.Tests.Storage.Sqlite;

/// <summary>On a database that it cannot use the server does not start: it says in one line what is wrong and what to do, and leaves the file as it is.</summary>
internal sealed class StartRefusalTests
{
    private const int PageSize = 4_096;

    /// <summary>Root may write everywhere; a user without its rights may not. Nobody else has to be kept from anything.</summary>
    private static readonly string[] WithoutRights = Environment.IsPrivilegedProcess
        ? ["setpriv", "--bounding-set", "-dac_override,-dac_read_search", "--inh-caps", "-dac_override,-dac_read_search"]
        : [];

    private readonly TestFiles _original = new();
    private TestFiles _files = null!;

    private string Database => Path.Combine(_files.Folder, "rooms.db");

    /// <summary>A database with something in it, for each test to spoil a copy of.</summary>
    [OneTimeSetUp]
    public async Task MakeDatabaseAsync()
    {
        var path = Path.Combine(_original.Folder, "rooms.db");
        var (server, url) = await ServerProcess.StartListeningAsync(path);
        using var _ = server;
        using (var alice = await WireSocket.ConnectAsync(new Uri(url + "?user=alice")))
        {
            await alice.AskAsync(new { type = "ROOM_CREATE", roomId = "r1" });
            for (var i = 0; i < 20; i++) await alice.AskAsync(new { type = "ROOM_MESSAGE", roomId = "r1", content = new string('x', 3_000) });
        }

        server.Terminate();
        (await server.EndAsync()).ExitCode.Should().Be(0);
    }

    [OneTimeTearDown]
    public void DeleteDatabase() => _original.Dispose();

    [SetUp]
    public void CopyDatabase()
    {
        _files = new TestFiles();
        File.Copy(Path.Combine(_original.Folder, "rooms.db"), Database);
    }

    [TearDown]
    public void DeleteCopy() => _files.Dispose();

    [TestCase("DELETE FROM head", "its table head has not one row")]
    [TestCase("DROP TABLE feed", "it has no table feed")]
    public async Task What_the_writer_cannot_do_without_is_gone(string damage, string finding)
    {
        using (var file = SqlRows.Open(Database)) file.Run(damage);
        await ExpectRefusalAsync($"The database {Database} is damaged ({finding}). Restore it from a backup, or give another file with --database.");
    }

    [Test]
    public async Task The_beginning_is_garbage()
    {
        Overwrite(0, PageSize);
        await ExpectRefusalAsync($"The file {Database} is not a database, or its beginning is damaged. Restore it from a backup, or give another file with --database.");
    }

    [Test]
    public async Task The_end_is_missing([Values(1, 2)] int part)
    {
        using (var file = File.OpenWrite(Database)) file.SetLength(file.Length / PageSize * part / 3 * PageSize);
        await ExpectRefusalAsync($"The database {Database} is damaged (*). Restore it from a backup, or give another file with --database.");
    }

    [Test]
    public async Task The_schema_is_of_a_newer_program()
    {
        using (var file = SqlRows.Open(Database)) file.Run("INSERT INTO schema_migrations VALUES (9999, '9999_later.sql', '', 0)");
        await ExpectRefusalAsync($"The database {Database} has schema 9999, and this program knows * at most. Run the newer program, or give another file with --database.");
    }

    [Test]
    public async Task A_migration_is_another_than_the_programs()
    {
        using (var file = SqlRows.Open(Database)) file.Run("UPDATE schema_migrations SET checksum = 'other' WHERE version = 1");
        await ExpectRefusalAsync($"Migration 0001_rooms.sql of the database {Database} is not the one that this program has. Run the program that made it, or give another file with --database.");
    }

    [Test]
    public async Task It_is_a_directory()
    {
        File.Delete(Database);
        Directory.CreateDirectory(Database);
        await ExpectRefusalAsync($"The database {Database} is a directory. Give the path of a file with --database.", isFile: false);
    }

    [Test]
    public async Task There_is_a_file_where_its_directory_has_to_be() =>
        await ExpectRefusalAsync("There is no directory for the database *, and it cannot be made: * Give another file with --database.", path: Path.Combine(Database, "rooms.db"));

    [Test]
    [SupportedOSPlatform("linux")]
    [Platform(Exclude = "Win,MacOsX", Reason = "There is no setpriv.")]
    public async Task The_file_is_read_only()
    {
        File.SetUnixFileMode(Database, UnixFileMode.UserRead);
        await ExpectRefusalAsync($"The database {Database} is read-only. Let this user write to it, or give another file with --database.", limiter: WithoutRights);
    }

    [Test]
    [SupportedOSPlatform("linux")]
    [Platform(Exclude = "Win,MacOsX", Reason = "There is no setpriv.")]
    public async Task The_file_is_not_for_this_user()
    {
        File.SetUnixFileMode(Database, UnixFileMode.None);
        await ExpectRefusalAsync($"The database {Database} cannot be opened. Let this user read and write it and its directory, or give another file with --database.", limiter: WithoutRights, isFile: false);
    }

    [Test]
    [SupportedOSPlatform("linux")]
    [Platform(Exclude = "Win,MacOsX", Reason = "There is no setpriv.")]
    public async Task The_directory_is_read_only()
    {
        File.SetUnixFileMode(_files.Folder, UnixFileMode.UserRead | UnixFileMode.UserExecute);
        await ExpectRefusalAsync($"Cannot write {Database}.lock, which keeps other servers from the database. Let this user write to the directory and the files in it, or give another file with --database.", limiter: WithoutRights);
        File.SetUnixFileMode(_files.Folder, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
    }

    [Test]
    public async Task Another_server_has_it_by_whichever_name_and_not_beyond_its_death()
    {
        var link = Path.Combine(_files.Folder, "link.db");
        File.CreateSymbolicLink(link, Database);
        var (first, url) = await ServerProcess.StartListeningAsync(Database);
        using var _ = first;
        foreach (var path in new[] { Database, link })
            await ExpectRefusalAsync($"The database {Database} is in use by another RoomWs server, process {first.Id}. Stop that one, or give another file with --database.", path: path);
        using (var alice = await WireSocket.ConnectAsync(new Uri(url + "?user=alice"))) (await alice.AskAsync(new { type = "ROOM_INFO", roomId = "r1" })).Code().Should().BeNull();

        await first.KillAsync();
        var (second, _) = await ServerProcess.StartListeningAsync(link);
        second.Dispose();
    }

    [Test]
    public async Task The_lock_file_is_no_lock_file()
    {
        File.WriteAllText(Database + ".lock", new string('?', 600));
        await ExpectRefusalAsync($"The lock file {Database}.lock is damaged. It holds nothing: delete it, where no server runs on that database.");
    }

    private async Task ExpectRefusalAsync(string reason, string? path = null, string[]? limiter = null, bool isFile = true)
    {
        var before = isFile ? await File.ReadAllBytesAsync(Database) : [];
        using var server = ServerProcess.Run(limiter ?? [], ["serve", "--dev", "--port", "0", "--database", path ?? Database]);
        var (exitCode, error) = await server.EndAsync();

        exitCode.Should().Be(1);
        error.Trim().Should().NotContain("\n").And.Match(reason);
        if (isFile) (await File.ReadAllBytesAsync(Database)).Should().Equal(before);
    }

    private void Overwrite(long at, int length)
    {
        using var file = File.OpenWrite(Database);
        file.Position = at;
        file.Write(Enumerable.Repeat((byte)0xAA, length).ToArray());
    }
}
