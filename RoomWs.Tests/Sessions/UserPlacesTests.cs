using System.Net.WebSockets;
using FluentAssertions;
using NUnit.Framework;
using RoomWs.Server.Sessions;
using RoomWs.Tests.Support;

namespace RoomWs.Tests.Sessions;

/// <summary>A user whose places are all taken, by sockets that are dead or that live.</summary>
[OneNode]
internal sealed class UserPlacesTests : UserPlacesTest
{
    [TestCase(true)]
    [TestCase(false)]
    public async Task A_newcomer_takes_the_place_of_the_one_that_is_silent_longest_and_does_not_answer(bool byUpgrade)
    {
        var dead = await DeadAsync();
        var kept = await LivingAsync();
        await LivingAsync();

        var newcomer = await ComeAsync(byUpgrade);
        (await dead.ReadFrameAsync()).Opcode.Should().Be(Ping);
        await ExpectCountAsync(3);
        await GreetOverTimeAsync(newcomer);
        await ExpectEndAsync(dead);
        await ExpectCountAsync(3);
        await Deadline.UntilAsync(() => Lines("ended after").Any(line => line.Contains("with 1006: no answer to a ping", StringComparison.Ordinal)), "the log tells how it ended");
        await kept.SettleAsync();
    }

    [TestCase(true)]
    [TestCase(false)]
    public async Task A_newcomer_is_refused_when_all_answer(bool byUpgrade)
    {
        var living = new List<TestClient> { await LivingAsync(), await LivingAsync(), await LivingAsync() };
        using var stop = new CancellationTokenSource();
        // Reading is what makes a client answer.
        var reading = living.Select(client => client.Socket.ReceiveAsync(new ArraySegment<byte>(new byte[100]), stop.Token)).ToList();

        var newcomer = await ComeAsync(byUpgrade);

        (await newcomer.ExpectAsync("ERROR")).Code().Should().Be("UNAUTHORIZED");
        (await newcomer.ExpectCloseAsync(1008)).Should().Contain("ConnectionsPerUser");
        await ExpectCountAsync(3);
        foreach (var client in living) await client.SendAsync("""{"type":"PING"}""");
        foreach (var pong in reading) (await pong.OrFailAsync("the PONG")).MessageType.Should().Be(WebSocketMessageType.Text);
    }

    [TestCase(true, 0)]
    [TestCase(false, 1)]
    [TestCase(true, 2)]
    public async Task Those_that_live_do_not_hide_the_one_that_is_dead(bool byUpgrade, int place)
    {
        RawClient? dead = null;
        var living = new List<TestClient>();
        for (var i = 0; i < 3; i++)
        {
            if (i == place) dead = await DeadAsync();
            else living.Add(await LivingAsync());
        }

        using var stop = new CancellationTokenSource();
        var reading = living.Select(client => client.Socket.ReceiveAsync(new ArraySegment<byte>(new byte[100]), stop.Token)).ToList();

        var newcomer = await ComeAsync(byUpgrade);
        (await dead!.ReadFrameAsync()).Opcode.Should().Be(Ping);
        await Deadline.UntilAsync(() => Server.Core.Connections.Of("alice").ToArray().Count(connection => connection.Life.HeardAt == Clock.GetTimestamp()) == 2, "both have answered");
        await ExpectCountAsync(3);
        await GreetOverTimeAsync(newcomer);
        await ExpectEndAsync(dead);
        await ExpectCountAsync(3);
        foreach (var client in living) await client.SendAsync("""{"type":"PING"}""");
        foreach (var pong in reading) (await pong.OrFailAsync("the PONG")).MessageType.Should().Be(WebSocketMessageType.Text);
    }

    [TestCase(true)]
    [TestCase(false)]
    public async Task A_newcomer_that_leaves_meanwhile_lets_nobody_go(bool byUpgrade)
    {
        var dead = await DeadAsync();
        await LivingAsync();
        await LivingAsync();
        var newcomer = await ComeAsync(byUpgrade);
        (await dead.ReadFrameAsync()).Opcode.Should().Be(Ping);

        newcomer.Dispose();
        await Deadline.UntilAsync(() => Server.Core.Connections.Count == 3, "it has left");
        Clock.Advance(UserPlaces.AnswerTime);

        await dead.SendAsync(RawClient.TextFrame("""{"type":"PING"}"""));
        (await dead.ReadFrameAsync()).Text.Should().Contain("PONG", "it was slow, and not dead");
        await ExpectCountAsync(3);
    }

    [Test]
    public async Task A_place_that_is_left_meanwhile_is_the_newcomers_without_waiting()
    {
        var leaving = await DeadAsync();
        await LivingAsync();
        await LivingAsync();
        var newcomer = await ComeAsync(byUpgrade: true);
        (await leaving.ReadFrameAsync()).Opcode.Should().Be(Ping);

        leaving.Dispose();

        await newcomer.SucceedAsync("HELLO_ACK", new { type = "HELLO", version = 1, userId = "alice" });
        await ExpectCountAsync(3);
    }

    private IEnumerable<string> Lines(string text) => Server.Log.Entries.Select(entry => entry.Message).Where(message => message.Contains(text, StringComparison.Ordinal));
}
