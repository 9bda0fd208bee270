using FluentAssertions;
using NUnit.Framework;
using RoomWs.Tests.Support;

namespace RoomWs.Tests.WholeServer.Crashes;

/// <summary>The server is killed under load, again and again: what it acknowledged is there, and nothing is there by halves or twice.</summary>
internal sealed class CrashTests
{
    private const int Pairs = 16;

    /// <summary>After so many rounds the file is a new one, so that looking through it takes no longer and longer.</summary>
    private const int RoundsOfFile = 20;

    /// <summary>Acknowledgements before a kill.</summary>
    private const int FewestActs = 20;
    private const int MostActs = 600;

    [Test]
    public async Task Nothing_acknowledged_is_lost_and_nothing_is_half_done_or_done_twice()
    {
        var rounds = TestScale.Rounds(shortRun: 20, longRun: 200);
        var (acknowledged, retried, stored) = (0, 0, 0);
        var kinds = new HashSet<string>(StringComparer.Ordinal);
        for (var file = 0; file < rounds / RoundsOfFile; file++)
        {
            using var run = new CrashRun(Pairs, TestScale.Seed + file);
            for (var round = 0; round < RoundsOfFile; round++) await run.KillUnderLoadAsync(FewestActs, MostActs);
            await run.EndAsync();

            acknowledged += run.Acknowledged;
            (retried, stored) = (retried + run.Retried, stored + run.StoredUnanswered);
            kinds.UnionWith(run.Kinds);
        }

        await TestContext.Progress.WriteLineAsync(
            $"Crashes: killed {rounds} times, {acknowledged} changes acknowledged, lost: 0; {retried} unanswered, {stored} of them stored, done twice: 0 (seed {TestScale.Seed})");
        kinds.Should().BeEquivalentTo(PairSteps.Kinds, "each has its turn (seed {0})", TestScale.Seed);
    }
}
