using FluentAssertions;
using NUnit.Framework;
using RoomWs.Tests.Support;

namespace RoomWs.Tests.WholeServer.Abuse;

/// <summary>
/// One user does the worst that it may with each command of the table, over as many connections as it may have, of which half read nothing. Two others in a
/// small room are answered rightly and soon meanwhile, and the server stays small. Alone, for it measures what the server needs.
/// </summary>
[NonParallelizable]
[FileOnly("The scene is written into a file, before a process of its own starts on it.")]
[Platform(Exclude = "Win,MacOsX", Reason = "There is no /proc.")]
internal sealed class AbuseTests
{
    /// <summary>
    /// Commands with which one user can still hold up the others, or make the server large. Each has to fail: whoever mends one takes it off.
    /// </summary>
    private static readonly string[] KnownToBeMended = [];

    private static readonly TestFiles Files = new();
    private static readonly Dictionary<string, WorstRequest> Worst = new(StringComparer.Ordinal);
    private static readonly Dictionary<string, string> NotMade = new(StringComparer.Ordinal);
    private static AbuseRun? _run;

    private static string[] Types => [.. ServerCommands.All.Select(command => command.Type)];

    private static string Database => Path.Combine(Files.Folder, "abuse.db");

    [OneTimeSetUp]
    public async Task PrepareAsync()
    {
        await using (var search = await WorstRequestSearch.StartAsync())
        {
            foreach (var command in ServerCommands.All)
            {
                try
                {
                    Worst[command.Type] = await search.FindAsync(command);
                }
                catch (InvalidOperationException none)
                {
                    NotMade[command.Type] = none.Message;
                }
            }
        }

        AbuseScene.Write(Database, TestScale.IsLong ? [.. Worst.Values, .. Worst.Values] : [.. Worst.Values]);
    }

    /// <summary>A long run has a server for each command, which nothing is left in of the commands before.</summary>
    [TearDown]
    public Task RestartAsync() => TestScale.IsLong ? EndServerAsync() : Task.CompletedTask;

    [OneTimeTearDown]
    public async Task EndAsync()
    {
        await EndServerAsync();
        Files.Dispose();
    }

    [TestCaseSource(nameof(Types))]
    public async Task The_worst_that_one_user_does_with_a_command_neither_holds_up_the_others_nor_makes_the_server_large(string type)
    {
        NotMade.Should().NotContainKey(type);
        _run ??= await AbuseRun.StartAsync(Database);
        var number = Worst.Keys.ToList().IndexOf(type);
        // Its server is new. Another user, with rooms of its own, makes it compile the code: what is promised is of a server that has run for a while.
        if (TestScale.IsLong) await _run.WarmUpAsync(Worst[type], number + Worst.Count);
        var (figures, faults) = await _run.AbuseAsync(Worst[type], number);

        await TestContext.Progress.WriteLineAsync($"Abuse by {type,-20} {figures}");
        string[] excesses = [.. faults, .. figures.Excesses(isSteady: TestScale.IsLong)];
        if (KnownToBeMended.Contains(type)) excesses.Should().NotBeEmpty("it does well now: take it off the list");
        else excesses.Should().BeEmpty("of {0}", figures);
    }

    private static async Task EndServerAsync()
    {
        using var ended = _run;
        _run = null;
        if (ended is not null) await ended.EndAsync();
    }

    [Test]
    public void What_is_known_to_be_mended_is_a_command() => KnownToBeMended.Should().BeSubsetOf(Types);
}
