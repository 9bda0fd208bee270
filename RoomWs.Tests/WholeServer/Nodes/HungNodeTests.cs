using NUnit.Framework;
using RoomWs.Tests.Support;

namespace RoomWs.Tests.WholeServer.Nodes;

/// <summary>Nodes that hang with locks of theirs held, and nodes that are not told, or not right, when others have committed something.</summary>
internal sealed class HungNodeTests : NodesTest
{
    [Test]
    public async Task The_others_go_on_without_one_that_is_stopped_in_its_batch_and_it_goes_on_when_it_wakes_up() =>
        await UnderLoadAsync((faults, _) => faults.HangAsync(Cluster.Nodes[0]));

    [Test]
    public async Task The_others_go_on_without_one_whose_way_to_the_database_stands_still_in_its_batch() =>
        await UnderLoadAsync((faults, _) => faults.HoldAsync(Cluster.Nodes[1]));

    [Test]
    public async Task All_is_told_once_and_in_order_whatever_becomes_of_notifications() =>
        await UnderLoadAsync(async (faults, _) =>
        {
            await faults.MisleadAsync(Cluster.Nodes[0], NotificationFault.Dropped);
            await faults.MisleadAsync(Cluster.Nodes[1], NotificationFault.Doubled);
            await faults.MisleadAsync(Cluster.Nodes[2], NotificationFault.Swapped);
        });

    [Test]
    public async Task Sessions_that_all_end_at_once_are_opened_again() =>
        await UnderLoadAsync(async (faults, _) =>
        {
            foreach (var node in Cluster.Nodes) await faults.CutAllAsync(node);
        });
}
