using RoomWs.Tests.Support;

namespace RoomWs.Tests.WholeServer.Nodes;

/// <summary>What can happen to a node under load. Each begins and ends with all nodes at work.</summary>
internal sealed class NodeFaults(NodeRun run)
{
    /// <summary>Kills it wherever it is, and starts it again under its name when the others have gone on.</summary>
    public async Task KillAsync(ServerNode node)
    {
        await node.KillAsync();
        await run.GoOnAsync();
        await node.StartAsync();
        run.GoHome();
        await run.GoOnAsync();
    }

    /// <summary>The same, at an exact place of a batch.</summary>
    public async Task KillAtAsync(ServerNode node, ProxyPlace place)
    {
        var stopped = await StopAtAsync(node, place);
        await node.KillAsync();
        stopped.Cut();
        await run.GoOnAsync();
        await node.StartAsync();
        run.GoHome();
        await run.GoOnAsync();
    }

    /// <summary>Ends its session at an exact place of a batch, whose outcome it cannot know then.</summary>
    public async Task CutAtAsync(ServerNode node, ProxyPlace place)
    {
        (await StopAtAsync(node, place)).Cut();
        await run.GoOnAsync();
    }

    /// <summary>Stops it in the middle of a batch, with locks that the others wait for, until these have gone on without it; then wakes it up.</summary>
    public async Task HangAsync(ServerNode node)
    {
        var stopped = await StopAtAsync(node, ProxyPlace.BetweenTrips);
        node.Hang();
        try
        {
            await run.GoOnAsync(without: node);
        }
        finally
        {
            node.WakeUp();
            stopped.GoOn();
        }

        await run.GoOnAsync();
    }

    /// <summary>The same where the node runs on, and only what it says to the database does not get there.</summary>
    public async Task HoldAsync(ServerNode node)
    {
        var stopped = await StopAtAsync(node, ProxyPlace.BetweenTrips);
        await run.GoOnAsync(without: node);
        stopped.GoOn();
        await run.GoOnAsync();
    }

    /// <summary>Has the notifications of others go astray.</summary>
    public async Task MisleadAsync(ServerNode node, NotificationFault fault)
    {
        node.Proxy.Notifications = fault;
        await run.GoOnAsync();
        node.Proxy.Notifications = NotificationFault.None;
        await run.GoOnAsync();
    }

    /// <summary>Ends all its sessions, its listener's and those that hold its locks among them.</summary>
    public async Task CutAllAsync(ServerNode node)
    {
        node.Proxy.CutAll();
        await run.GoOnAsync();
    }

    private async Task<ProxiedSession> StopAtAsync(ServerNode node, ProxyPlace place)
    {
        // Whoever was sent elsewhere by the fault before is to have work for this node again.
        run.GoHome();
        var stopped = node.Proxy.StopAt(place);
        await run.UntilAsync(() => stopped.IsCompleted, $"{node.Name} is {place}");
        return await stopped;
    }
}
