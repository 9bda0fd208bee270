using FluentAssertions;
using NUnit.Framework;
using RoomWs.Server.Configuration;
using RoomWs.Tests.Support;

namespace RoomWs.Tests.Sessions;

internal sealed class RateLimitTests : EndToEndTest
{
    private const int Burst = 3;

    private readonly ManualTimeProvider _time = new();

    protected override TimeProvider Time => _time;

    protected override void Configure(RoomWsOptions options) => (options.Limits.RequestsPerSecond, options.Limits.RequestBurst) = (1, Burst);

    [TestCase(1, Burst)]
    [TestCase(3, Burst)]
    [TestCase(7, 1)]
    [TestCase(1_000, 200)]
    public async Task A_retry_after_exactly_the_told_time_is_served_and_one_just_before_it_is_not(int perSecond, int burst)
    {
        await LimitAsync(limits => (limits.RequestsPerSecond, limits.RequestBurst) = (perSecond, burst));
        var alice = await ConnectAsync("alice");
        for (var i = 0; i < burst; i++) await alice.SucceedAsync("PONG", new { type = "PING" });

        var error = await alice.BeRefusedAsync("RATE_LIMITED", new { type = "PING" });
        error.Message().Should().Contain("RequestsPerSecond");
        var told = error.Number("retryAfterMs");
        told.Should().Be((1_000 + perSecond - 1) / perSecond);
        _time.Advance(TimeSpan.FromMilliseconds(told - 1));
        (await alice.BeRefusedAsync("RATE_LIMITED", new { type = "PING" })).Number("retryAfterMs").Should().Be(1);

        _time.Advance(TimeSpan.FromMilliseconds(1));
        await alice.SucceedAsync("ROOM_CREATED", new { type = "ROOM_CREATE", roomId = "r1" });
        await alice.BeRefusedAsync("RATE_LIMITED", new { type = "PING" });
    }

    [Test]
    public async Task After_a_rest_the_burst_is_whole_again_and_no_larger()
    {
        var alice = await ConnectAsync("alice");
        await ExhaustAsync(alice);
        _time.Advance(TimeSpan.FromHours(1));

        for (var i = 0; i < Burst; i++) await alice.SucceedAsync("PONG", new { type = "PING" });
        await alice.BeRefusedAsync("RATE_LIMITED", new { type = "PING" });
    }

    [Test]
    public async Task Zero_is_no_limit()
    {
        await LimitAsync(limits => (limits.RequestsPerSecond, limits.RequestBurst) = (0, 1));
        var alice = await ConnectAsync("alice");

        for (var i = 0; i < 1_000; i++) await alice.SendAsync("""{"type":"PING"}""");
        for (var i = 0; i < 1_000; i++) await alice.ExpectAsync("PONG");
    }

    [Test]
    public async Task A_refused_request_is_not_done_and_its_correlation_id_comes_back()
    {
        var alice = await ConnectAsync("alice");
        await ExhaustAsync(alice);
        var bob = await ConnectAsync("bob");

        for (var i = 0; i < 5; i++) await alice.BeRefusedAsync("RATE_LIMITED", new { type = "ROOM_CREATE", name = "x" });

        var rooms = await bob.SucceedAsync("ROOM_LIST_RESPONSE", new { type = "ROOM_LIST", includeAll = true });
        rooms.Number("count").Should().Be(0);
    }

    [Test]
    public async Task Every_connection_has_an_allowance_of_its_own_and_bad_messages_count()
    {
        var first = await ConnectAsync("alice");
        await ExhaustAsync(first, "no JSON at all");

        var second = await ConnectAsync("alice");
        await second.SucceedAsync("PONG", new { type = "PING" });
    }

    [TestCase(0)]
    [TestCase(1_150, Description = "A breath of more than a second every 300 messages.")]
    public async Task A_thousand_refusals_end_the_connection_whatever_breaths_the_client_takes(int breath)
    {
        using var raw = await RawClient.OpenAsync(Server);
        var refused = 0;
        RawFrame? frame = null;
        for (var i = 1; frame?.Opcode != 8; i++)
        {
            await raw.SendAsync(RawClient.TextFrame("""{"type":"PING"}"""));
            frame = await raw.ReadFrameAsync();
            if (frame.Opcode == 1 && frame.Text.Contains("RATE_LIMITED", StringComparison.Ordinal)) refused++;
            if (i % 300 == 0) _time.Advance(TimeSpan.FromMilliseconds(breath));
        }

        frame.CloseCode.Should().Be(4008);
        // What comes back in a few breaths is far less than a flood needs.
        refused.Should().BeInRange(1_001, 1_050);
    }

    [Test]
    public async Task Ten_refusals_a_second_for_good_do_not_end_the_connection()
    {
        var alice = await ConnectAsync("alice");
        for (var second = 0; second < 300; second++)
        {
            for (var i = 0; i < 11; i++) await alice.RequestAsync(new { type = "PING" });
            _time.Advance(TimeSpan.FromSeconds(1));
        }

        alice.Socket.State.Should().Be(System.Net.WebSockets.WebSocketState.Open);
    }

    [TestCase(0x89, Description = "pings")]
    [TestCase(0x8a, Description = "pongs")]
    [TestCase(0x00, Description = "small pieces of messages")]
    public async Task Frames_that_end_no_message_and_keep_coming_end_the_connection(int firstByte)
    {
        using var raw = await RawClient.OpenAsync(Server);
        byte[] some = firstByte == 0x00
            ? [.. RawClient.Frame(0x01, [32]), .. Enumerable.Repeat(RawClient.Frame(0x00, [32]), 899).SelectMany(frame => frame), .. RawClient.Frame(0x80, "{}"u8.ToArray())]
            : [.. Enumerable.Repeat(RawClient.Frame(firstByte, []), 900).SelectMany(frame => frame)];
        // Each is a tenth of a request. The burst and a thousand refusals are used up by some more than 10,000 of them.
        _ = raw.SendUnboundedAsync([.. Enumerable.Repeat(some, 12).SelectMany(frames => frames)]);

        var frame = await raw.ReadFrameAsync();
        while (frame.Opcode != 8) frame = await raw.ReadFrameAsync();
        frame.CloseCode.Should().Be(4008);
    }

    [Test]
    public async Task Ten_pings_cost_as_much_as_a_request()
    {
        using var raw = await RawClient.OpenAsync(Server);
        for (var second = 0; second < 60; second++)
        {
            for (var i = 0; i < 10; i++) await raw.SendAsync(RawClient.Frame(0x89, []));
            for (var i = 0; i < 10; i++) (await raw.ReadFrameAsync()).Opcode.Should().Be(10);
            _time.Advance(TimeSpan.FromSeconds(1));
        }

        for (var i = 0; i < Burst * 10; i++) await raw.SendAsync(RawClient.Frame(0x89, []));
        for (var i = 0; i < Burst * 10; i++) (await raw.ReadFrameAsync()).Opcode.Should().Be(10);
        await raw.SendAsync(RawClient.TextFrame("""{"type":"PING"}"""));
        (await raw.ReadFrameAsync()).Text.Should().Contain("RATE_LIMITED");
    }

    [Test]
    public async Task A_client_that_waits_as_long_as_it_is_told_is_never_closed()
    {
        var alice = await ConnectAsync("alice");
        for (var i = 0; i < 30; i++)
        {
            var error = await ExhaustAsync(alice);
            _time.Advance(TimeSpan.FromMilliseconds(error.Number("retryAfterMs")));
            await alice.SucceedAsync("PONG", new { type = "PING" });
            _time.Advance(TimeSpan.FromSeconds(Burst));
        }
    }

    /// <summary>Sends until a request is refused.</summary>
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
