using System.Globalization;
using FluentAssertions;
using NUnit.Framework;
using RoomWs.Tests.Documentation;
using RoomWs.Tests.Support;

namespace RoomWs.Tests.Storage.Sqlite;

/// <summary>A backup becomes a database again, where there is none: whole, or not at all.</summary>
[FixtureLifeCycle(LifeCycle.InstancePerTestCase)]
internal sealed class DatabaseRestoreTests : IDisposable
{
    private readonly TestFiles _files = new();

    private string Backup => Path.Combine(_files.Folder, "backups", "monday.db");

    private string Target => Path.Combine(_files.Folder, "data", "rooms.db");

    public void Dispose() => _files.Dispose();

    [Test]
    public async Task A_server_goes_on_with_what_was_backed_up_and_only_its_owner_can_read_it()
    {
        await MakeBackupAsync();
        var (exitCode, output, error) = await RestoreAsync();

        (exitCode, error).Should().Be((0, ""));
        output.Should().Be(string.Create(CultureInfo.InvariantCulture, $"Restored {Backup} to {Target}, {new FileInfo(Target).Length} bytes{Environment.NewLine}"));
        if (!OperatingSystem.IsWindows()) File.GetUnixFileMode(Target).Should().Be(UnixFileMode.UserRead | UnixFileMode.UserWrite);
        var (server, url) = await ServerProcess.StartListeningAsync(Target);
        using var _ = server;
        using var alice = await WireSocket.ConnectAsync(new Uri(url + "?user=alice"));
        (await alice.AskAsync(new { type = "ROOM_HISTORY", roomId = "r1" })).GetProperty("messages").GetArrayLength().Should().Be(20);
    }

    [Test]
    public async Task Rooms_and_boards_get_new_epochs_so_that_places_in_what_the_backup_has_not_are_reset()
    {
        var (room, board) = await MakeBackupAsync();
        (await RestoreAsync()).ExitCode.Should().Be(0);

        var (server, url) = await ServerProcess.StartListeningAsync(Target);
        using var _ = server;
        using var alice = await WireSocket.ConnectAsync(new Uri(url + "?user=alice"));
        var history = await alice.AskAsync(new { type = "ROOM_HISTORY", roomId = "r1" });
        history.Text("epoch").Should().NotBe(room).And.HaveLength(16);
        var state = await alice.AskAsync(new { type = "ROOM_BOARD_STATE", roomId = "r1", boardId = "b1", afterSeq = 1, epoch = board });
        (state.GetProperty("reset").GetBoolean(), state.Seqs("updates").Single()).Should().Be((true, 1));
        state.Text("epoch").Should().NotBe(board).And.HaveLength(16);
    }

    [Test]
    public async Task A_backup_of_an_older_version_is_restored_and_gets_epochs_when_it_is_brought_up()
    {
        Directory.CreateDirectory(Path.GetDirectoryName(Backup)!);
        // The last schema without epochs.
        OlderDatabase.Make(Backup, 5);
        (await RestoreAsync()).Error.Should().BeEmpty();

        using var log = new MemoryLog();
        using var loggers = log.CreateFactory(isComplete: false);
        OlderDatabase.BringUp(Target, loggers).Dispose();
        using var restored = SqlRows.Open(Target);
        restored.Texts("SELECT epoch FROM rooms UNION ALL SELECT epoch FROM boards").Should().HaveCount(8).And.OnlyHaveUniqueItems().And.OnlyContain(epoch => epoch.Length == 16);
    }

    [TestCase("")]
    [TestCase("-wal")]
    [TestCase("-shm")]
    [TestCase("-journal")]
    public async Task Nothing_that_is_there_is_overwritten_nor_mixed_with_the_backup(string suffix)
    {
        await MakeBackupAsync();
        Directory.CreateDirectory(Path.GetDirectoryName(Target)!);
        await File.WriteAllTextAsync(Target + suffix, "mine");

        await ExpectRefusalAsync($"{Target}{suffix} is there already, and is left as it is. Move it away, with the others of its name, or restore to another --database.");
        (await File.ReadAllTextAsync(Target + suffix)).Should().Be("mine");
        Directory.GetFiles(Path.GetDirectoryName(Target)!).Should().Equal(Target + suffix);
    }

    [Test]
    public async Task A_backup_that_is_not_whole_is_not_restored()
    {
        await ExpectRefusalAsync($"There is no backup {Backup}.");

        await MakeBackupAsync();
        using (var file = File.OpenWrite(Backup))
        {
            file.Position = file.Length / 4_096 / 2 * 4_096;
            file.Write(Enumerable.Repeat((byte)0xAA, 4_096).ToArray());
        }

        await ExpectRefusalAsync($"The backup {Backup} is damaged (*); restore another.");

        await File.WriteAllTextAsync(Backup, new string('?', 8_192));
        await ExpectRefusalAsync($"The database {Backup} is damaged (*), and cannot be copied.");

        File.Delete(Backup);
        using (var other = SqlRows.Open(Backup)) other.Run("CREATE TABLE things (id INTEGER)");
        await ExpectRefusalAsync($"{Backup} is no database of RoomWs; name one that is.");
        Directory.GetFiles(Path.GetDirectoryName(Target)!).Should().BeEmpty();
    }

    [TestCase("INSERT INTO schema_migrations VALUES (999, '0999_later.sql', '', 0)", "The backup * has schema 999, and this program knows * at most. Run the newer program, or restore another.")]
    [TestCase("UPDATE schema_migrations SET checksum = 'other' WHERE version = 1", "Migration 0001_rooms.sql of the backup * is not the one that this program has. Run the program that made it, or restore another.")]
    public async Task A_backup_that_no_server_of_this_program_would_start_on_is_not_restored(string sql, string reason)
    {
        await MakeBackupAsync();
        using (var file = SqlRows.Open(Backup)) file.Run(sql);
        await ExpectRefusalAsync(reason);
        Directory.GetFiles(Path.GetDirectoryName(Target)!).Should().BeEmpty();
    }

    [Test]
    public async Task A_lock_file_that_was_there_before_a_restore_that_fails_stays()
    {
        Directory.CreateDirectory(Path.GetDirectoryName(Backup)!);
        Directory.CreateDirectory(Path.GetDirectoryName(Target)!);
        await File.WriteAllTextAsync(Backup, new string('?', 8_192));
        await File.WriteAllTextAsync(Target + ".lock", "");

        await ExpectRefusalAsync("The database * is damaged (*), and cannot be copied.");
        Directory.GetFiles(Path.GetDirectoryName(Target)!).Should().Equal(Target + ".lock");
    }

    [Test]
    public async Task A_server_whose_database_was_moved_away_under_it_gets_no_second_one_in_its_place()
    {
        await MakeBackupAsync();
        var (server, _) = await ServerProcess.StartListeningAsync(Target);
        using var _1 = server;
        foreach (var path in Directory.GetFiles(Path.GetDirectoryName(Target)!, "rooms.db*").Where(path => !path.EndsWith(".lock", StringComparison.Ordinal))) File.Move(path, path.Replace("rooms", "old", StringComparison.Ordinal));

        await ExpectRefusalAsync($"The database {Target} is in use by another RoomWs server, process {server.Id}. Stop that one, or give another file with --database.");
        File.Exists(Target).Should().BeFalse();
    }

    /// <summary>Returns the epochs of the room and the board in it.</summary>
    private async Task<(string? Room, string? Board)> MakeBackupAsync()
    {
        var database = Path.Combine(_files.Folder, "first.db");
        var (server, url) = await ServerProcess.StartListeningAsync(database);
        using var _ = server;
        using var alice = await WireSocket.ConnectAsync(new Uri(url + "?user=alice"));
        var room = await alice.AskAsync(new { type = "ROOM_CREATE", roomId = "r1" });
        var board = await alice.AskAsync(new { type = "ROOM_BOARD_CREATE", roomId = "r1", boardId = "b1" });
        await alice.AskAsync(new { type = "ROOM_BOARD_UPDATE", roomId = "r1", boardId = "b1", payload = "äöü" });
        for (var i = 0; i < 20; i++) await alice.AskAsync(new { type = "ROOM_MESSAGE", roomId = "r1", content = new string('x', 3_000) });
        using var backup = ServerProcess.Run([], ["backup", Backup, "--database", database]);
        (await backup.EndWithOutputAsync()).ExitCode.Should().Be(0);
        return (room.Room().Text("epoch"), board.GetProperty("board").Text("epoch"));
    }

    private async Task<(int ExitCode, string Output, string Error)> RestoreAsync()
    {
        using var restore = ServerProcess.Run([], ["restore", Backup, "--database", Target]);
        return await restore.EndWithOutputAsync();
    }

    private async Task ExpectRefusalAsync(string reason)
    {
        var (exitCode, output, error) = await RestoreAsync();
        (exitCode, output).Should().Be((1, ""));
        error.Trim().Should().NotContain("\n").And.Match(reason);
    }
}
