using System.Globalization;
using FluentAssertions;
using NUnit.Framework;
using RoomWs.Tests.Documentation;
using RoomWs.Tests.Support;

namespace RoomWs.Tests.WholeServer.Crashes;

/// <summary>A copy of a database is one moment of it, and none before the copying began.</summary>
[FixtureLifeCycle(LifeCycle.InstancePerTestCase)]
internal sealed class BackupTests : IDisposable
{
    private const int Pairs = 12;

    /// <summary>Acknowledgements before the copying begins.</summary>
    private const int Acts = 600;

    private readonly TestFiles _files = new();

    private string Database => Path.Combine(_files.Folder, "rooms.db");

    private string Copy => Path.Combine(_files.Folder, "copy.db");

    public void Dispose() => _files.Dispose();

    [Test]
    public async Task A_copy_that_is_made_under_load_holds_all_that_was_acknowledged_before_and_nothing_by_halves()
    {
        var pairs = Enumerable.Range(1, Pairs).Select(number => (Pair: new CrashPair($"p{number}", TestScale.Seed + number), States: new List<string> { $"{new PairState()}" })).ToList();
        var (server, url) = await CrashRun.StartAsync(Database);
        using var _ = server;
        await CrashRun.MakeSharedRoomAsync(url);
        foreach (var (pair, _) in pairs) await pair.ConnectAsync(url);

        var acts = 0;
        var underWay = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var load = Task.WhenAll(pairs.Select(one => one.Pair.ActUntilTheEndAsync(() =>
        {
            one.States.Add($"{one.Pair.State}");
            if (Interlocked.Increment(ref acts) == Acts) underWay.SetResult();
        })));
        await Task.WhenAny(underWay.Task, load);
        var before = pairs.ConvertAll(one => one.Pair.State.Done);
        await BackUpAsync();
        await server.KillAsync();
        await load;

        var reading = CrashReading.Of(Copy);
        reading.Broken.Should().BeEmpty();
        foreach (var ((pair, states), done) in pairs.Zip(before))
        {
            if (pair.Unanswered is { } step) states.Add($"{step.After with { Done = pair.State.Done + 1 }}");
            states[done..].Should().Contain(reading.Show(pair), "{0} had {1} acknowledgements before (seed {2})", pair.Name, done, TestScale.Seed);
        }

        await ExpectServerOnCopyAsync(reading.SharedVersion);
    }

    [Test]
    public async Task A_file_that_is_there_is_left_as_it_is()
    {
        await MakeDatabaseAsync();
        await File.WriteAllTextAsync(Copy, "mine");
        await ExpectRefusalAsync($"{Copy} is there already, and is left as it is; give a name that is free.");
        (await File.ReadAllTextAsync(Copy)).Should().Be("mine");
        File.Delete(Copy);

        await File.WriteAllTextAsync(Copy + ".partial", "");
        await ExpectRefusalAsync($"{Copy}.partial is there already: another copy is being written, or one was cut short. Delete it where none is.");
        File.Exists(Copy + ".partial").Should().BeTrue();
    }

    [Test]
    public async Task What_is_no_database_is_not_copied()
    {
        await ExpectRefusalAsync($"There is no database {Database}; name it with --database.");

        await File.WriteAllTextAsync(Database, new string('?', 8_192));
        await ExpectRefusalAsync($"The database {Database} is damaged (*), and cannot be copied.");

        File.Delete(Database);
        using (var other = SqlRows.Open(Database)) other.Run("CREATE TABLE things (id INTEGER)");
        await ExpectRefusalAsync($"{Database} is no database of RoomWs; name one that is.");
        Directory.GetFiles(_files.Folder).Should().Equal(Database);
    }

    [Test]
    public async Task The_directory_of_the_copy_is_made_unless_a_file_is_in_its_place()
    {
        await MakeDatabaseAsync();
        await BackUpAsync(Path.Combine(_files.Folder, "copies", "of", "today.db"));

        await File.WriteAllTextAsync(Copy, "mine");
        await ExpectRefusalAsync("The copy cannot be written: *", Path.Combine(Copy, "copy.db"));
        (await File.ReadAllTextAsync(Copy)).Should().Be("mine");
    }

    [Test]
    [Platform(Exclude = "Win,MacOsX", Reason = "There is no prlimit.")]
    public async Task Nothing_is_left_of_a_copy_that_there_is_no_room_for()
    {
        await MakeDatabaseAsync();
        var kept = Directory.GetFiles(_files.Folder);
        // The runtime keeps its own code in a file in memory, which the limit would be too small for.
        string[] limiter = ["env", "DOTNET_EnableWriteXorExecute=0", "prlimit", "--fsize=40960:unlimited"];
        await ExpectRefusalAsync($"The copy {Copy} cannot be written (*): see to its disk, and to limits on the size of files.", limiter: limiter);
        Directory.GetFiles(_files.Folder).Should().BeEquivalentTo(kept);
    }

    private async Task MakeDatabaseAsync()
    {
        var (server, _) = await ServerProcess.StartListeningAsync(Database);
        await server.KillAsync();
        server.Dispose();
    }

    private async Task BackUpAsync(string? file = null)
    {
        file ??= Copy;
        using var backup = ServerProcess.Run([], ["backup", file, "--database", Database]);
        var (exitCode, output, error) = await backup.EndWithOutputAsync();
        (exitCode, error).Should().Be((0, ""));
        output.Should().Be(string.Create(CultureInfo.InvariantCulture, $"Copied {Database} to {file}, {new FileInfo(file).Length} bytes{Environment.NewLine}"));
    }

    private async Task ExpectRefusalAsync(string reason, string? file = null, string[]? limiter = null)
    {
        using var backup = ServerProcess.Run(limiter ?? [], ["backup", file ?? Copy, "--database", Database]);
        var (exitCode, output, error) = await backup.EndWithOutputAsync();
        (exitCode, output).Should().Be((1, ""));
        error.Trim().Should().NotContain("\n").And.Match(reason);
    }

    /// <summary>A server takes the copy for a database like any other.</summary>
    private async Task ExpectServerOnCopyAsync(long sharedVersion)
    {
        var (server, url) = await CrashRun.StartAsync(Copy);
        using var _ = server;
        using var host = await WireSocket.ConnectAsync(new Uri($"{url}?user=host"));
        (await host.AskAsync(new { type = "ROOM_INFO", roomId = PairSteps.Shared })).Room().Version().Should().Be(sharedVersion);
    }
}
