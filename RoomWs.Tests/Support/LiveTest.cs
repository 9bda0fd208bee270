using NUnit.Framework;

namespace RoomWs.Tests.Support;

/// <summary>A room r1 of alice (owner), bob and carol, and time that stands still: no cursor is told and no typing ends unless the test says so.</summary>
internal abstract class LiveTest : EndToEndTest
{
    protected ManualTimeProvider Clock { get; } = new();

    protected override TimeProvider Time => Clock;

    protected TestClient Alice { get; private set; } = null!;

    protected TestClient Bob { get; private set; } = null!;

    protected TestClient Carol { get; private set; } = null!;

    [SetUp]
    public async Task CreateRoomAsync()
    {
        Alice = await ConnectAsync("alice");
        await Alice.CreateRoomAsync("r1", members: ["bob", "carol"]);
        Bob = await ConnectAsync("bob");
        Carol = await ConnectAsync("carol");
    }

    protected async Task EnterAllAsync()
    {
        foreach (var client in new[] { Alice, Bob, Carol }) await client.EnterAsync("r1");
    }

    /// <summary>The cursors that moved are told.</summary>
    protected void Tick() => Clock.Advance(LiveSteps.Tick);

    /// <summary>Closes the connection and waits until the server has noticed, which shows in the timer of its user's grace.</summary>
    protected async Task LeaveAsync(TestClient client)
    {
        var before = Clock.PendingTimers;
        await client.CloseAsync();
        await Deadline.UntilAsync(() => Clock.PendingTimers > before, "the connection has ended");
        await Server.SettleAsync();
    }

    /// <summary>Another connection of a user who has one already.</summary>
    protected async Task<TestClient> ConnectElsewhereAsync(string userId)
    {
        var client = await ConnectAsync(userId);
        await client.SettleAsync();
        return client;
    }
}
