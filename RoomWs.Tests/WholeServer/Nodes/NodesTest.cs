using NUnit.Framework;

namespace RoomWs.Tests.WholeServer.Nodes;

/// <summary>A fixture whose tests share three nodes, each of which is at work again when a test has ended.</summary>
[Category("Postgres")]
internal abstract class NodesTest
{
    protected NodeCluster Cluster { get; private set; } = null!;

    /// <summary>Flags of all nodes, beside those that have no limit in the way.</summary>
    protected virtual string[] Flags => [];

    [OneTimeSetUp]
    public async Task StartNodesAsync() => Cluster = await NodeCluster.StartAsync(Flags);

    [OneTimeTearDown]
    public async Task EndNodesAsync()
    {
        if (Cluster is null) return;
        try
        {
            await Cluster.EndAsync();
        }
        finally
        {
            await Cluster.DisposeAsync();
        }
    }

    /// <summary>Loads all nodes, has something happen to them, and compares.</summary>
    protected async Task<NodeRun> UnderLoadAsync(Func<NodeFaults, NodeRun, Task> happen)
    {
        using var run = await NodeRun.StartAsync(Cluster);
        await happen(new NodeFaults(run), run);
        await run.EndAndCheckAsync();
        return run;
    }
}
