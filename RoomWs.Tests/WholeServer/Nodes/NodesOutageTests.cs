using NUnit.Framework;
using RoomWs.Tests.Support;

namespace RoomWs.Tests.WholeServer.Nodes;

/// <summary>Three nodes over a PostgreSQL of their own, which crashes, or comes back as an older one.</summary>
[Category("Postgres")]
[FixtureLifeCycle(LifeCycle.InstancePerTestCase)]
internal sealed class NodesOutageTests : IDisposable
{
    /// <summary>After so many faults the rooms are new ones, so that looking through them takes no longer and longer.</summary>
    private const int FaultsOfRun = 10;

    private readonly OwnPostgres _postgres = OwnPostgres.Start();

    public void Dispose() => _postgres.Dispose();

    [Test]
    public async Task Nothing_is_lost_doubled_or_told_out_of_order_through_any_faults_one_after_the_other()
    {
        var (rounds, done, longest) = (TestScale.Rounds(shortRun: 3, longRun: 100), 0, TimeSpan.Zero);
        var random = new Random(TestScale.Seed);
        await using var cluster = await NodeCluster.StartAsync(_postgres);
        for (var begun = 0; begun < rounds; begun += FaultsOfRun)
        {
            using var run = await NodeRun.StartAsync(cluster, TestScale.Seed + begun);
            var faults = new NodeFaults(run);
            // One of them is sure to be in the short run, too.
            if (begun == 0) await RestartAsync(run);
            for (var fault = begun; fault < Math.Min(begun + FaultsOfRun, rounds); fault++) await HappenAsync(run, faults, cluster.Nodes[random.Next(cluster.Nodes.Count)], random);
            await run.EndAndCheckAsync();
            (done, longest) = (done + run.Done, run.LongestWait > longest ? run.LongestWait : longest);
        }

        await cluster.EndAsync();
        await TestContext.Progress.WriteLineAsync($"Nodes: {rounds} faults of all kinds, {done} changes acknowledged, lost: 0, told out of order: 0; longest wait of who stayed connected {longest.TotalMilliseconds:0} ms (seed {TestScale.Seed})");
    }

    private async Task HappenAsync(NodeRun run, NodeFaults faults, ServerNode node, Random random)
    {
        var place = (ProxyPlace)random.Next(3);
        switch (random.Next(8))
        {
            case 0:
                await faults.KillAsync(node);
                break;
            case 1:
                await faults.KillAtAsync(node, place);
                break;
            case 2:
                await faults.CutAtAsync(node, place);
                break;
            case 3:
                await faults.HangAsync(node);
                break;
            case 4:
                await faults.HoldAsync(node);
                break;
            case 5:
                await faults.MisleadAsync(node, (NotificationFault)random.Next(1, 4));
                break;
            case 6:
                await faults.CutAllAsync(node);
                break;
            default:
                await RestartAsync(run);
                break;
        }
    }

    private async Task RestartAsync(NodeRun run)
    {
        await Task.Run(_postgres.Stop);
        await Task.Run(_postgres.StartAgain);
        await run.GoOnAsync();
    }
}
