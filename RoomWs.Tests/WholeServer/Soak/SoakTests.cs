using FluentAssertions;
using NUnit.Framework;
using RoomWs.Tests.Support;

namespace RoomWs.Tests.WholeServer.Soak;

/// <summary>
/// Many connections do all that clients do for a good while: the server stays what it was, and every socket knows what is so. Alone, for what the server
/// needs of threads and memory depends on what else the machine does.
/// </summary>
[NonParallelizable]
[Platform(Exclude = "Win,MacOsX", Reason = "There is no /proc.")]
internal sealed class SoakTests
{
    private const int Samples = 60;

    /// <summary>The writer moves its log into the database at 1,000 pages of 4 kB; what readers hold up meanwhile is far less than the rest.</summary>
    private const double MostWalMegabytes = 32;

    /// <summary>Each thread that reads the database keeps a connection to it, of two files, from when it first has to.</summary>
    private const int MostFilesOfReaders = 48;

    private const int MostNewThreads = 4;

    /// <summary>
    /// What the last third may have on the middle one. Between their middles lies a third of the work, in the long run some 110,000 requests and 5,700
    /// reconnects: a leak of 4.5 kB for a connection, half of what an idle one holds, or of 230 bytes for a request, is found in any case, and a smaller one as
    /// the caches of the database, 16 MB for the writer and 8 MB for each thread that reads, are full by then. The short run is over while these fill and the
    /// code is compiled, and finds leaks that are far larger.
    /// </summary>
    private const double MostGrowthMegabytes = 24;

    [Test]
    public async Task After_a_long_time_of_mixed_work_nothing_has_leaked_and_every_view_is_right()
    {
        var sockets = TestScale.Rounds(shortRun: 100, longRun: 2_000);
        var rounds = TestScale.Rounds(shortRun: 240, longRun: 18_000);
        using var files = new TestFiles();
        using var run = await SoakRun.StartAsync(Path.Combine(files.Folder, "rooms.db"), sockets, TestScale.Seed);

        var begun = TimeProvider.System.GetTimestamp();
        await run.WorkAsync(rounds, Samples);
        var minutes = TimeProvider.System.GetElapsedTime(begun).TotalMinutes;
        await run.SettleAsync();
        var different = await run.CompareAsync();
        var filesLeft = await run.LeaveAsync(run.AtStart.Files + MostFilesOfReaders);
        var log = await run.EndAsync();

        var (memory, threads) = (ProcessVitals.Thirds(run.Series, vitals => vitals.ResidentMegabytes), ProcessVitals.Thirds(run.Series, vitals => vitals.Threads));
        await TestContext.Progress.WriteLineAsync(FormattableString.Invariant(
            $"Soak: {sockets} connections, {minutes:0.0} minutes, {run.World.Requests} requests, {run.World.Reconnects} reconnects; resident {run.Series[(Samples / 10) - 1].ResidentMegabytes:0} MB after a tenth and {run.Series[^1].ResidentMegabytes:0} MB at the end (medians of the middle and last third {memory.Middle:0.0} and {memory.Last:0.0}), threads {threads.Middle} and {threads.Last}, files {run.AtStart.Files} before and {filesLeft} after, log of writes {run.WalMegabytes:0.0} MB at most; {run.Compared} views compared, different: {different.Count} (seed {TestScale.Seed})"));

        run.World.Faults.Should().BeEmpty("of seed {0}", TestScale.Seed);
        different.Should().BeEmpty("of seed {0}", TestScale.Seed);
        run.World.Kinds.Should().BeEquivalentTo(SoakSteps.Commands, "each command has its turn, by a step or by its sample (seed {0})", TestScale.Seed);
        memory.Last.Should().BeLessThan(memory.Middle + MostGrowthMegabytes);
        threads.Last.Should().BeLessThanOrEqualTo(threads.Middle + MostNewThreads);
        run.WalMegabytes.Should().BeLessThan(MostWalMegabytes);
        log.Trouble.Should().BeEmpty();
        log.Ended.Should().Be(log.Opened).And.BeGreaterThan(sockets);
    }
}
