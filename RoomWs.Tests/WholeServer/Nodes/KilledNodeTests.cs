using FluentAssertions;
using NUnit.Framework;
using RoomWs.Tests.Support;

namespace RoomWs.Tests.WholeServer.Nodes;

/// <summary>Nodes are killed under load, or lose the session that they write with: nothing acknowledged is lost, doubled or told out of order on any node.</summary>
internal sealed class KilledNodeTests : NodesTest
{
    [Test]
    public async Task Clients_of_a_killed_node_go_on_at_the_others_and_these_wait_for_nobody()
    {
        var rounds = TestScale.Rounds(shortRun: 3, longRun: 30);
        var run = await UnderLoadAsync(async (faults, run) =>
        {
            for (var round = 0; round < rounds; round++) await faults.KillAsync(Cluster.Nodes[round % Cluster.Nodes.Count]);
        });
        await TestContext.Progress.WriteLineAsync($"Nodes: killed {rounds} times, {run.Done} changes acknowledged; longest wait of who stayed connected {run.LongestWait.TotalMilliseconds:0} ms (seed {TestScale.Seed})");
    }

    [Test]
    public async Task One_that_is_killed_in_a_batch_leaves_it_whole_or_not_at_all([Values] ProxyPlace place) =>
        await UnderLoadAsync((faults, _) => faults.KillAtAsync(Cluster.Nodes[(int)place], place));

    [Test]
    public async Task A_lost_session_is_opened_again_and_what_became_of_its_commit_is_found_out([Values] ProxyPlace place)
    {
        await UnderLoadAsync(async (faults, run) =>
        {
            foreach (var node in Cluster.Nodes) await faults.CutAtAsync(node, place);
            run.Talkers.SelectMany(talker => talker.Client.Ends).Should().BeEmpty("a blip of the database closes nobody");
        });
    }
}
