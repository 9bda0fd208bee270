using FluentAssertions;
using NUnit.Framework;

namespace RoomWs.Tests.WholeServer.Nodes;

/// <summary>A node whose way to the database falls silent, in both directions, as where a network is cut in two.</summary>
internal sealed class PartitionTests : NodesTest
{
    protected override string[] Flags => ["--feed-stale-seconds", "3"];

    [Test]
    public async Task A_node_that_hears_nothing_answers_nothing_closes_its_clients_and_takes_none_until_it_is_back() =>
        await UnderLoadAsync(async (_, run) =>
        {
            var node = Cluster.Nodes[1];
            var cut = run.Talkers.Where(talker => talker.Client.Node == node).ToList();
            node.Proxy.FallSilent();
            var before = cut.ConvertAll(talker => talker.Done);
            await run.UntilAsync(() => cut.TrueForAll(talker => talker.Client.Ends.Count > 0), $"the clients of {node.Name} are closed");
            cut.SelectMany(talker => talker.Client.Ends).Should().OnlyContain(end => end == $"{node.Name}: close 1012");
            // One answer may have been on its way, and one more may have been given elsewhere.
            cut.Zip(before).Should().OnlyContain(one => one.First.Done <= one.Second + 2);
            await run.GoOnAsync();
            (await NodeConnection.TryOpenAsync(node.Url!, "stranger", _ => { })).Should().BeNull("it takes nobody");

            node.Proxy.Speak();
            var back = run.Listeners[1];
            await run.UntilAsync(() => back.IsConnected, $"{node.Name} takes clients again");
            await run.GoOnAsync();
        });
}
