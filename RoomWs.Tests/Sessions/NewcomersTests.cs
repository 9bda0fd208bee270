using FluentAssertions;
using NUnit.Framework;
using RoomWs.Server.Sessions;
using RoomWs.Tests.Support;

namespace RoomWs.Tests.Sessions;

/// <summary>Several at once who take places of sockets that are dead.</summary>
[OneNode]
internal sealed class NewcomersTests : UserPlacesTest
{
    [TestCase(2)]
    [TestCase(3)]
    public async Task Newcomers_at_once_take_a_place_each_of_those_that_are_dead(int count)
    {
        var dead = new List<RawClient> { await DeadAsync(), await DeadAsync(), await DeadAsync() };

        // The newcomers are heard later, so that none of them makes way for another.
        Clock.Advance(TimeSpan.FromMilliseconds(1));
        var newcomers = new List<TestClient>();
        for (var i = 0; i < count; i++) newcomers.Add(await ComeAsync(byUpgrade: i % 2 == 0));
        for (var i = 0; i < count; i++) (await dead[i].ReadFrameAsync()).Opcode.Should().Be(Ping);
        await ExpectCountAsync(3);
        await GreetOverTimeAsync([.. newcomers]);
        foreach (var gone in dead.Take(count)) await ExpectEndAsync(gone);
        await ExpectCountAsync(3);
    }

    [Test]
    public async Task A_newcomer_that_comes_while_another_waits_takes_the_place_of_the_one_that_is_next()
    {
        RawClient[] dead = [await DeadAsync(), await DeadAsync(), await DeadAsync()];
        var first = await ComeAsync(byUpgrade: true);
        foreach (var client in dead) (await client.ReadFrameAsync()).Opcode.Should().Be(Ping);
        Clock.Advance(UserPlaces.AnswerTime / 2);
        var second = await ComeAsync(byUpgrade: true);
        await Deadline.UntilAsync(() => Server.Core.Connections.Count == 5, "both wait");

        await GreetOverTimeAsync(first, second);

        foreach (var gone in dead[..2]) await ExpectEndAsync(gone);
        await ExpectCountAsync(3);
        await dead[2].SendAsync(RawClient.TextFrame("""{"type":"PING"}"""));
        var answer = await dead[2].ReadFrameAsync();
        while (answer.Opcode == Ping) answer = await dead[2].ReadFrameAsync();
        answer.Text.Should().Contain("PONG");
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
                Clock.Advance(UserPlaces.AnswerTime);
                return Server.Core.Connections.All.All(connection => connection.Identity is not null || connection.Closing is not null);
            },
            "each is in or refused");

        Server.Core.Connections.Of("alice").ToArray().Should().HaveCount(3);
        Server.Core.Connections.All.Count(connection => connection.Closing is { Code: RoomWs.Protocol.CloseCode.PolicyViolation }).Should().Be(1);
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
                    Clock.Advance(UserPlaces.AnswerTime);
                    return Server.Core.Connections.All.All(connection => connection.Identity is not null || connection.Closing is not null);
                },
                "each is in or refused");
        }

        await stop.CancelAsync();
        await watching;
        most.Should().Be(5);
        await ExpectCountAsync(5);
    }
}
