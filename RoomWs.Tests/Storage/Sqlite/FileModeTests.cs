using System.Runtime.Versioning;
using FluentAssertions;
using NUnit.Framework;
using RoomWs.Tests.Documentation;
using RoomWs.Tests.Support;

namespace RoomWs.Tests.Storage.Sqlite;

/// <summary>What users write is in these files, so nobody but their owner may read them, whatever the umask was when they were made.</summary>
[SupportedOSPlatform("linux")]
[Platform(Exclude = "Win", Reason = "Files have no modes there.")]
[FixtureLifeCycle(LifeCycle.InstancePerTestCase)]
internal sealed class FileModeTests : IDisposable
{
    private const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite;
    private const UnixFileMode Everybody = OwnerOnly | UnixFileMode.GroupRead | UnixFileMode.OtherRead;

    private readonly TestFiles _files = new();

    private string Database => Path.Combine(_files.Folder, "rooms.db");

    public void Dispose() => _files.Dispose();

    [TestCase("000")]
    [TestCase("022")]
    [TestCase("077")]
    [TestCase("277")]
    public async Task All_files_of_a_new_database_and_its_copy_are_for_their_owner_alone(string umask)
    {
        using var server = StartUnder(umask);
        await ChangeAsync(await server.UrlAsync());
        await RunUnderAsync(umask, "backup", Path.Combine(_files.Folder, "copy.db"), "--database", Database);

        ModesOf("rooms.db", "rooms.db-wal", "rooms.db-shm", "rooms.db.lock", "copy.db").Should().AllBeEquivalentTo(OwnerOnly);
    }

    [Test]
    public async Task Files_that_an_older_program_left_open_to_others_are_closed_to_them_where_they_lie()
    {
        using (var server = StartUnder("022"))
        {
            await ChangeAsync(await server.UrlAsync());
            await server.KillAsync();
        }

        // A killed server leaves its log behind, so these files are there before the next start opens them.
        string[] left = ["rooms.db", "rooms.db-wal", "rooms.db-shm", "rooms.db.lock"];
        foreach (var name in left) File.SetUnixFileMode(Path.Combine(_files.Folder, name), Everybody);
        using var again = StartUnder("000");
        await ChangeAsync(await again.UrlAsync());

        ModesOf(left).Should().AllBeEquivalentTo(OwnerOnly);
    }

    private static async Task ChangeAsync(string url)
    {
        using var alice = await WireSocket.ConnectAsync(new Uri(url + "?user=alice"));
        (await alice.AskAsync(new { type = "ROOM_CREATE" })).Type().Should().Be("ROOM_CREATED");
    }

    private static async Task RunUnderAsync(string umask, params string[] command)
    {
        using var run = ServerProcess.Run(Umask(umask), command);
        (await run.EndWithOutputAsync()).ExitCode.Should().Be(0);
    }

    private static string[] Umask(string umask) => ["sh", "-c", $"umask {umask}; exec \"$@\"", "sh"];

    private ServerProcess StartUnder(string umask) => ServerProcess.Run(Umask(umask), ["serve", "--dev", "--port", "0", "--database", Database]);

    private UnixFileMode[] ModesOf(params string[] names) => [.. names.Select(name => File.GetUnixFileMode(Path.Combine(_files.Folder, name)))];
}
