using FluentAssertions;
using RoomWs.Server.Configuration;
using RoomWs.Server.Sessions;
using RoomWs.Tests.Support;

namespace RoomWs.Tests.Sessions;

/// <summary>A user who has three places, and the clients that take them.</summary>
internal abstract class UserPlacesTest : EndToEndTest
{
    protected const int Ping = 0x9;

    protected ManualTimeProvider Clock { get; } = new();

    protected override TimeProvider Time => Clock;

    protected override void Configure(RoomWsOptions options)
    {
        options.Limits.ConnectionsPerUser = 3;
        options.IdentifySeconds = 86_400;
    }

    /// <summary>A client that reads and answers nothing by itself. It is heard now, so that the next is heard later.</summary>
    protected async Task<RawClient> DeadAsync()
    {
        var dead = Server.Track(await RawClient.OpenAsync(Server));
        await dead.SendAsync(RawClient.TextFrame("""{"type":"PING"}"""));
        (await dead.ReadFrameAsync()).Text.Should().Contain("PONG");
        Clock.Advance(TimeSpan.FromMilliseconds(10));
        return dead;
    }

    protected async Task<TestClient> LivingAsync()
    {
        var living = await ConnectAsync("alice");
        await living.SettleAsync();
        Clock.Advance(TimeSpan.FromMilliseconds(10));
        return living;
    }

    protected async Task<TestClient> ComeAsync(bool byUpgrade)
    {
        // It may have to wait for its place.
        if (byUpgrade) return await TestClient.OpenAsync(Server, "?user=alice");
        var newcomer = await TestClient.OpenAsync(Server);
        await newcomer.SendAsync("""{"type":"HELLO","version":1,"userId":"alice"}""");
        return newcomer;
    }

    /// <summary>Lets the newcomers in. A ping is out before the time for its answer begins, and one newcomer may come later than another: so time passes until all are in.</summary>
    protected async Task GreetOverTimeAsync(params TestClient[] newcomers)
    {
        var greeted = Task.WhenAll(newcomers.Select(newcomer => newcomer.SucceedAsync("HELLO_ACK", new { type = "HELLO", version = 1, userId = "alice" })));
        await Deadline.UntilAsync(
            () =>
            {
                Clock.Advance(UserPlaces.AnswerTime);
                return greeted.IsCompleted;
            },
            "each has its place");
        await greeted;
    }

    protected async Task ExpectCountAsync(int count) =>
        await Deadline.UntilAsync(() => Server.Core.Connections.Of("alice").Length == count, $"alice has {count} connections");

    /// <summary>Each newcomer that waits may have pinged the one that goes, once the one before it had its answer.</summary>
    protected static async Task ExpectEndAsync(RawClient client)
    {
        try
        {
            while (true) (await client.ReadFrameAsync()).Opcode.Should().Be(Ping);
        }
        catch (IOException)
        {
            // It is at its end, or was reset, because it had not read all.
        }
    }
}
