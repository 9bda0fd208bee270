using System.Net.WebSockets;
using FluentAssertions;
using NUnit.Framework;
using RoomWs.Server.Configuration;
using RoomWs.Server.Sessions;
using RoomWs.Tests.Support;

namespace RoomWs.Tests.Sessions;

/// <summary>A user whose places are all taken, by sockets that are dead or that live.</summary>
[OneNode]
internal sealed class UserPlacesTests : EndToEndTest
{
    private const int Ping = 0x9;

    private readonly ManualTimeProvider _time = new();

    protected override TimeProvider Time => _time;

    protected override void Configure(RoomWsOptions options)
    {
        options.Limits.ConnectionsPerUser = 3;
        options.IdentifySeconds = 86_400;
    }

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
        await Deadline.UntilAsync(() => Server.Core.Connections.Of("alice").ToArray().Count(connection => connection.Life.HeardAt == _time.GetTimestamp()) == 2, "both have answered");
        await ExpectCountAsync(3);
        await GreetOverTimeAsync(newcomer);
        await ExpectEndAsync(dead);
        await ExpectCountAsync(3);
        foreach (var client in living) await client.SendAsync("""{"type":"PING"}""");
        foreach (var pong in reading) (await pong.OrFailAsync("the PONG")).MessageType.Should().Be(WebSocketMessageType.Text);
    }

    [TestCase(2)]
    [TestCase(3)]
    public async Task Newcomers_at_once_take_a_place_each_of_those_that_are_dead(int count)
    {
        var dead = new List<RawClient> { await DeadAsync(), await DeadAsync(), await DeadAsync() };

        // The newcomers are heard later, so that none of them makes way for another.
        _time.Advance(TimeSpan.FromMilliseconds(1));
        var newcomers = new List<TestClient>();
        for (var i = 0; i < count; i++) newcomers.Add(await ComeAsync(byUpgrade: i % 2 == 0));
        for (var i = 0; i < count; i++) (await dead[i].ReadFrameAsync()).Opcode.Should().Be(Ping);
        await ExpectCountAsync(3);
        await GreetOverTimeAsync([.. newcomers]);
        foreach (var gone in dead.Take(count)) await ExpectEndAsync(gone);
        await ExpectCountAsync(3);
    }

    [Test]
    public async Task One_more_newcomer_than_there_are_places_is_refused_once_they_are_taken()
    {
        for (var i = 0; i < 3; i++) await DeadAsync();
        for (var i = 0; i < 4; i++) await ComeAsync(byUpgrade: true);
        await Deadline.UntilAsync(() => Server.Core.Connections.Count == 7, "four wait");

        await Deadline.UntilAsync(
            () =>
            {
                _time.Advance(UserPlaces.AnswerTime);
                return Server.Core.Connections.All.All(connection => connection.Identity is not null || connection.Closing is not null);
            },
            "each is in or refused");

        Server.Core.Connections.Of("alice").ToArray().Should().HaveCount(3);
        Server.Core.Connections.All.Count(connection => connection.Closing is { Code: RoomWs.Protocol.CloseCode.PolicyViolation }).Should().Be(1);
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
        _time.Advance(UserPlaces.AnswerTime);

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

    [Test]
    public async Task A_user_that_comes_back_again_and_again_never_has_more_than_its_places()
    {
        await Server.RestartAsync(options => options.Limits.ConnectionsPerUser = 5);
        using var stop = new CancellationTokenSource();
        var most = 0;
        var watching = Task.Run(() =>
        {
            while (!stop.IsCancellationRequested) most = Math.Max(most, Server.Core.Connections.Of("alice").Length);
        });

        for (var round = 0; round < 6; round++)
        {
            var coming = Enumerable.Range(0, 10).Select(i => ComeAsync(byUpgrade: i % 2 == 0)).ToList();
            await Task.WhenAll(coming);
            await Deadline.UntilAsync(
                () =>
                {
                    _time.Advance(UserPlaces.AnswerTime);
                    return Server.Core.Connections.All.All(connection => connection.Identity is not null || connection.Closing is not null);
                },
                "each is in or refused");
        }

        await stop.CancelAsync();
        await watching;
        most.Should().Be(5);
        await ExpectCountAsync(5);
    }

    /// <summary>A client that reads and answers nothing by itself. It is heard now, so that the next is heard later.</summary>
    private async Task<RawClient> DeadAsync()
    {
        var dead = Server.Track(await RawClient.OpenAsync(Server));
        await dead.SendAsync(RawClient.TextFrame("""{"type":"PING"}"""));
        (await dead.ReadFrameAsync()).Text.Should().Contain("PONG");
        _time.Advance(TimeSpan.FromMilliseconds(10));
        return dead;
    }

    private async Task<TestClient> LivingAsync()
    {
        var living = await ConnectAsync("alice");
        await living.SettleAsync();
        _time.Advance(TimeSpan.FromMilliseconds(10));
        return living;
    }

    private async Task<TestClient> ComeAsync(bool byUpgrade)
    {
        // It may have to wait for its place.
        if (byUpgrade) return await TestClient.OpenAsync(Server, "?user=alice");
        var newcomer = await TestClient.OpenAsync(Server);
        await newcomer.SendAsync("""{"type":"HELLO","version":1,"userId":"alice"}""");
        return newcomer;
    }

    /// <summary>Lets the newcomers in. A ping is out before the time for its answer begins, and one newcomer may come later than another: so time passes until all are in.</summary>
    private async Task GreetOverTimeAsync(params TestClient[] newcomers)
    {
        var greeted = Task.WhenAll(newcomers.Select(newcomer => newcomer.SucceedAsync("HELLO_ACK", new { type = "HELLO", version = 1, userId = "alice" })));
        await Deadline.UntilAsync(
            () =>
            {
                _time.Advance(UserPlaces.AnswerTime);
                return greeted.IsCompleted;
            },
            "each has its place");
        await greeted;
    }

    private async Task ExpectCountAsync(int count) =>
        await Deadline.UntilAsync(() => Server.Core.Connections.Of("alice").Length == count, $"alice has {count} connections");

    /// <summary>Each newcomer that waits may have pinged the one that goes, once the one before it had its answer.</summary>
    private static async Task ExpectEndAsync(RawClient client)
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

    private IEnumerable<string> Lines(string text) => Server.Log.Entries.Select(entry => entry.Message).Where(message => message.Contains(text, StringComparison.Ordinal));
}
