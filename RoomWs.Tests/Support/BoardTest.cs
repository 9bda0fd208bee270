using NUnit.Framework;

namespace RoomWs.Tests.Support;

/// <summary>A room r1 of alice (owner), bob (admin) and carol (member); mallory is none of it. What made it so is forgotten.</summary>
internal abstract class BoardTest : EndToEndTest
{
    protected TestClient Alice { get; private set; } = null!;

    protected TestClient Bob { get; private set; } = null!;

    protected TestClient Carol { get; private set; } = null!;

    protected TestClient Mallory { get; private set; } = null!;

    [SetUp]
    public async Task ConnectAllAsync()
    {
        Alice = await ConnectAsync("alice");
        if ((await Alice.RequestAsync(new { type = "ROOM_INFO", roomId = "r1" })).Code() is not null)
        {
            await Alice.CreateRoomAsync("r1", members: ["carol"], admins: ["bob"]);
        }

        Bob = await ConnectAsync("bob");
        Carol = await ConnectAsync("carol");
        Mallory = await ConnectAsync("mallory");
    }

    /// <summary>Sends what a stranger, and whoever names no room or a wrong one, may not.</summary>
    protected async Task ExpectRoomRefusalsAsync(Func<string, object> request)
    {
        await Mallory.BeRefusedAsync("FORBIDDEN", request("r1"));
        await Alice.BeRefusedAsync("NOT_FOUND", request("r2"));
        await Alice.BeRefusedAsync("VALIDATION_ERROR", request("a b"));
        var stranger = await TestClient.OpenAsync(Server);
        await stranger.BeRefusedAsync("UNAUTHORIZED", request("r1"));
    }

    protected Task ExpectNothingAsync() => RoomSteps.ExpectNothingAsync(Alice, Bob, Carol, Mallory);
}
