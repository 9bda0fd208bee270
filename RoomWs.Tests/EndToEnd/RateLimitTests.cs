using FluentAssertions;
using NUnit.Framework;
using RoomWs.Server.Configuration;
using RoomWs.Tests.Support;

namespace RoomWs.Tests.EndToEnd;

internal sealed class RateLimitTests : EndToEndTest
{
    private const int Burst = 3;

    private readonly ManualTimeProvider _time = new();

    protected override TimeProvider Time => _time;

    /// <summary>One request in two seconds would do: slow enough that no busy machine earns more than it sends.</summary>
    protected override void Configure(RoomWsOptions options) => (options.Limits.RequestsPerSecond, options.Limits.RequestBurst) = (1, Burst);

    [Test]
    public async Task Past_the_burst_requests_are_refused_and_one_succeeds_after_the_told_time()
    {
        var alice = await ConnectAsync("alice");
        var error = await ExhaustAsync(alice);

        error.Message().Should().Contain("RequestsPerSecond");
        for (var attempt = 1; ; attempt++)
        {
            // The allowance runs on real time, and the server says how much of it is missing.
            await Task.Delay(TimeSpan.FromMilliseconds(error.Number("retryAfterMs")));
            var reply = await alice.RequestAsync(new { type = "ROOM_CREATE", roomId = "r1" });
            if (reply.Type() == "ROOM_CREATED") break;
            attempt.Should().BeLessThan(4, "the told time has to be about right: {0}", reply.GetRawText());
            error = reply;
        }
    }

    [Test]
    public async Task A_refused_request_is_not_done_and_its_correlation_id_comes_back()
    {
        var alice = await ConnectAsync("alice");
        await ExhaustAsync(alice);
        var bob = await ConnectAsync("bob");

        var ids = new List<string>();
        for (var i = 0; i < 5; i++) ids.Add(await alice.SendRequestAsync(new { type = "ROOM_CREATE", name = "x" }));
        var replies = new List<string>();
        foreach (var id in ids) replies.Add((await alice.ReplyAsync(id)).Code() ?? "OK");

        replies.Should().Contain("RATE_LIMITED");
        var rooms = await bob.SucceedAsync("ROOM_LIST_RESPONSE", new { type = "ROOM_LIST", includeAll = true });
        rooms.Number("count").Should().Be(replies.Count(reply => reply == "OK"));
    }

    [Test]
    public async Task Every_connection_has_an_allowance_of_its_own_and_bad_messages_count()
    {
        var first = await ConnectAsync("alice");
        await ExhaustAsync(first, "no JSON at all");

        var second = await ConnectAsync("alice");
        await second.SucceedAsync("PONG", new { type = "PING" });
    }

    [Test]
    public async Task Over_the_limit_for_10_seconds_without_pause_ends_the_connection()
    {
        var alice = await ConnectAsync("alice");
        await ExhaustAsync(alice);

        for (var i = 0; i < 10; i++)
        {
            _time.Advance(TimeSpan.FromSeconds(1));
            await ExhaustAsync(alice, knownOpen: i < 9);
        }

        await alice.ExpectCloseAsync(4008);
    }

    [Test]
    public async Task A_pause_of_more_than_a_second_begins_the_count_anew()
    {
        var alice = await ConnectAsync("alice");
        for (var i = 0; i < 15; i++)
        {
            await ExhaustAsync(alice);
            _time.Advance(TimeSpan.FromSeconds(1.1));
        }
    }

    /// <summary>Sends until a request is refused; how many that takes depends on the real time that has passed.</summary>
    private static async Task<System.Text.Json.JsonElement> ExhaustAsync(TestClient client, string message = """{"type":"PING"}""", bool knownOpen = true)
    {
        for (var i = 0; ; i++)
        {
            await client.SendAsync(message);
            var reply = await client.NextAsync();
            if (reply.Code() != "RATE_LIMITED")
            {
                i.Should().BeLessThan(100, "the limit has to be reached");
                continue;
            }

            reply.Number("retryAfterMs").Should().BeInRange(1, 1_000);
            if (knownOpen) client.Socket.State.Should().Be(System.Net.WebSockets.WebSocketState.Open);
            return reply;
        }
    }
}
