using System.Net.WebSockets;
using FluentAssertions;
using Npgsql;
using NUnit.Framework;
using RoomWs.Tests.Support;
using RoomWs.Tests.WholeServer.Crashes;

namespace RoomWs.Tests.WholeServer.Nodes;

/// <summary>
/// Pairs of users make changes of all kinds, each of the two on a node of its own, while nodes are killed. Each next change counts on the one before, which was made on
/// the other node: none is refused for what is not known there yet, and the tables agree with what was acknowledged.
/// </summary>
internal sealed class PairsOnNodesTests : NodesTest
{
    private const int Pairs = 9;

    /// <summary>Acknowledgements between two things that happen.</summary>
    private const int Acts = 250;

    private readonly CrashPair[] _pairs = [.. Enumerable.Range(1, Pairs).Select(number => new CrashPair($"p{number}", TestScale.Seed + number))];
    private int _acknowledged;
    private volatile bool _isOver;

    [Test]
    public async Task Changes_that_count_on_those_of_another_node_are_made_once_whoever_is_killed()
    {
        await CrashRun.MakeSharedRoomAsync(Cluster.Nodes[0].Url!);
        var load = Task.WhenAll(_pairs.Select((pair, number) => Task.Run(() => ActAsync(pair, number))));
        var rounds = TestScale.Rounds(shortRun: 3, longRun: 60);
        for (var round = 0; round < rounds; round++)
        {
            var node = Cluster.Nodes[round % Cluster.Nodes.Count];
            await ActsAsync(load);
            await node.KillAsync();
            await ActsAsync(load);
            await node.StartAsync();
        }

        _isOver = true;
        await load.OrFailAsync("the last answers");
        foreach (var pair in _pairs) pair.Disconnect();
        Check();
        await TestContext.Progress.WriteLineAsync($"Pairs on nodes: killed {rounds} times, {_acknowledged} changes of {_pairs.SelectMany(pair => pair.Kinds).Distinct().Count()} kinds acknowledged, lost: 0, done twice: 0 (seed {TestScale.Seed})");
    }

    private async Task ActsAsync(Task load)
    {
        var until = Volatile.Read(ref _acknowledged) + Acts;
        await Deadline.UntilAsync(() => load.IsFaulted || Volatile.Read(ref _acknowledged) > until, "they get on");
        if (load.IsFaulted) await load;
    }

    private async Task ActAsync(CrashPair pair, int number)
    {
        for (var attempt = number; !_isOver || pair.Unanswered is not null; attempt++)
        {
            if (Cluster.Nodes[attempt % Cluster.Nodes.Count].Url is not { } first || Cluster.Nodes[(attempt + 1) % Cluster.Nodes.Count].Url is not { } second)
            {
                await Task.Yield();
                continue;
            }

            try
            {
                await pair.ConnectAsync(first, second);
                await pair.RetryAsync();
                await pair.ActUntilTheEndAsync(() => Interlocked.Increment(ref _acknowledged), () => _isOver);
            }
            catch (Exception gone) when (gone is WebSocketException or IOException)
            {
                // It was killed while they came.
            }
        }
    }

    private void Check()
    {
        using var database = new NpgsqlConnection(Cluster.Connection);
        database.Open();
        var reading = CrashReading.Of(database);
        reading.Broken.Should().BeEmpty("seed {0}", TestScale.Seed);
        foreach (var pair in _pairs)
        {
            reading.Show(pair).Should().Be($"{pair.State}", "seed {0}", TestScale.Seed);
            reading.SharedSeqs(pair).Should().Equal(pair.SharedSeqs, "seed {0}", TestScale.Seed);
        }

        reading.SharedVersion.Should().Be(1 + _pairs.Sum(pair => pair.State.SharedMoves), "seed {0}", TestScale.Seed);
    }
}
