using System.Text.Json;
using FluentAssertions;
using NUnit.Framework;
using RoomWs.Server.Configuration;
using RoomWs.Server.Sessions;
using RoomWs.Tests.Support;

namespace RoomWs.Tests.Sessions;

/// <summary>What a user has over all its connections, and what requests cost beyond their first token.</summary>
[OneNode]
internal sealed class UserRateTests : EndToEndTest
{
    private static readonly object Ping = new { type = "PING" };

    private readonly ManualTimeProvider _time = new();

    protected override TimeProvider Time => _time;

    protected override void Configure(RoomWsOptions options) =>
        (options.Limits.RequestsPerSecond, options.Limits.RequestBurst, options.Limits.UserRequestsPerSecond, options.Limits.UserBytesPerSecond) = (100, 1_000, 0, 0);

    [Test]
    public async Task All_connections_of_a_user_share_its_requests_and_a_new_one_brings_none()
    {
        await LimitAsync(limits => limits.UserRequestsPerSecond = 5);
        var (first, second, bob) = (await ConnectAsync("alice"), await ConnectAsync("alice"), await ConnectAsync("bob"));
        for (var i = 0; i < 5; i++)
        {
            await first.SucceedAsync("PONG", Ping);
            await second.SucceedAsync("PONG", Ping);
        }

        await first.CloseAsync();
        foreach (var client in new[] { second, await ConnectAsync("alice") })
        {
            var refusal = await client.BeRefusedAsync("RATE_LIMITED", Ping);
            refusal.Message().Should().Contain("UserRequestsPerSecond");
            refusal.Number("retryAfterMs").Should().Be(200);
        }

        await bob.SucceedAsync("PONG", Ping);
        _time.Advance(TimeSpan.FromMilliseconds(200));
        await second.SucceedAsync("PONG", Ping);
        await second.BeRefusedAsync("RATE_LIMITED", Ping);
    }

    [Test]
    public async Task Whoever_has_no_connection_left_and_comes_back_has_what_it_had_left()
    {
        await LimitAsync(limits => limits.UserRequestsPerSecond = 1);
        var alice = await ConnectAsync("alice");
        for (var i = 0; i < 2; i++) await alice.SucceedAsync("PONG", Ping);
        await alice.CloseAsync();
        await Deadline.UntilAsync(() => Server.Core.Connections.Count == 0, "she is gone");

        await (await ConnectAsync("alice")).BeRefusedAsync("RATE_LIMITED", Ping);
    }

    [Test]
    public void Users_who_are_gone_and_have_all_they_can_have_are_forgotten()
    {
        var limits = new LimitOptions();
        var rates = new UserRates(limits, new ConnectionRegistry(), _time);
        var (full, spent) = (rates.Of("full"), rates.Of("spent"));
        _time.Advance(TimeSpan.FromSeconds(59));
        spent.Charge(_time.GetElapsedTime(0).Ticks, requests: 10_000);
        _time.Advance(TimeSpan.FromSeconds(1));

        rates.Of("spent").Should().BeSameAs(spent);
        rates.Of("full").Should().NotBeSameAs(full);
    }

    [TestCase(1_000)]
    [TestCase(4_001)]
    public async Task The_bytes_of_a_user_s_messages_are_bounded_over_all_its_connections(int length)
    {
        await LimitAsync(limits => limits.UserBytesPerSecond = length);
        var (first, second) = (await ConnectAsync("alice"), await ConnectAsync("alice"));
        // In bytes, not in characters.
        for (var i = 0; i < 16; i++) (await AskAsync(i % 2 == 0 ? first : second, length)).Should().Be("PONG");

        var refusal = await first.RequestAsync(Ping);
        refusal.Code().Should().Be("RATE_LIMITED");
        refusal.Message().Should().Contain("UserBytesPerSecond");
        _time.Advance(TimeSpan.FromSeconds(1));
        (await AskAsync(second, length)).Should().Be("PONG");
        (await AskAsync(first, length)).Should().Be("ERROR");
    }

    [TestCase("""{"type":"ROOM_CREATE","roomId":"r2","memberIds":$ids,"slug":"taken"}""", "CONFLICT")]
    [TestCase("""{"type":"ROOM_CREATE","roomId":"r2","memberIds":$ids}""", "ROOM_CREATED")]
    [TestCase("""{"type":"ROOM_ADD_MEMBERS","roomId":"none","userIds":$ids}""", "NOT_FOUND")]
    [TestCase("""{"type":"ROOM_ADD_MEMBERS","roomId":"r1","userIds":$ids,"ifVersion":99}""", "CONFLICT")]
    [TestCase("""{"type":"RESUME","rooms":$rooms}""", "ROOMS_SNAPSHOT")]
    public async Task A_request_costs_one_more_for_each_50_ids_or_rooms_that_it_names_refused_or_not(string request, string end)
    {
        await LimitAsync(OneRequest);
        var alice = await ConnectAsync("alice");
        await CostAsync(alice, """{"type":"ROOM_CREATE","roomId":"r1","slug":"taken"}""", "ROOM_CREATED");
        var ids = JsonSerializer.Serialize(Enumerable.Range(0, 499).Select(i => $"u{i}"));
        var rooms = JsonSerializer.Serialize(Enumerable.Range(0, 499).Select(i => new { roomId = $"r{i}", afterSeq = 0 }));

        var cost = await CostAsync(alice, request.Replace("$ids", ids, StringComparison.Ordinal).Replace("$rooms", rooms, StringComparison.Ordinal), end);

        cost.Should().Be(1 + 9);
    }

    [TestCase("""{"type":"ROOM_CREATE","memberIds":["a"]}""", "ROOM_CREATED")]
    [TestCase("""{"type":"RESUME","rooms":[{"roomId":"r1","afterSeq":0}]}""", "ROOMS_SNAPSHOT")]
    [TestCase("""{"type":"PING"}""", "PONG")]
    [TestCase("no JSON", "VALIDATION_ERROR")]
    public async Task A_small_request_costs_one(string request, string end)
    {
        await LimitAsync(OneRequest);

        (await CostAsync(await ConnectAsync("alice"), request, end)).Should().Be(1);
    }

    [Test]
    public async Task A_request_costs_one_more_for_each_16_kB_of_its_reply()
    {
        await LimitAsync(OneRequest);
        var alice = await ConnectAsync("alice");
        string[] members = [.. Enumerable.Range(0, 1_000).Select(i => $"user{i:0000}".PadRight(48, 'x'))];

        // Each member takes 51 bytes in the list and 60 in the roles: 111 kB, and so 6 for the reply. The writer answers, 20 are for the ids.
        (await CostAsync(alice, JsonSerializer.Serialize(new { type = "ROOM_CREATE", roomId = "r1", memberIds = members }), "ROOM_CREATED")).Should().Be(1 + 20 + 6);
        (await CostAsync(alice, """{"type":"ROOM_INFO","roomId":"r1"}""", "ROOM_CREATED")).Should().Be(1 + 6);
        for (var i = 0; i < 40; i++) await CostAsync(alice, JsonSerializer.Serialize(new { type = "ROOM_MESSAGE", roomId = "r1", content = new string('x', 1_000) }), "ROOM_MESSAGE_RESPONSE");

        // A reply in parts that are small: 40 messages of about 1,250 bytes.
        (await CostAsync(alice, """{"type":"RESUME","rooms":[{"roomId":"r1","afterSeq":0}]}""", "ROOMS_SNAPSHOT")).Should().Be(1 + 3);
    }

    [Test]
    public async Task What_one_connection_asks_for_is_charged_to_the_user_on_the_others()
    {
        await LimitAsync(limits => limits.UserRequestsPerSecond = 10);
        var (first, second) = (await ConnectAsync("alice"), await ConnectAsync("alice"));
        var ids = Enumerable.Range(0, 1_000).Select(i => $"u{i}");

        await first.BeRefusedAsync("NOT_FOUND", new { type = "ROOM_ADD_MEMBERS", roomId = "none", userIds = ids });

        // The burst is 20, and 21 were used.
        (await second.BeRefusedAsync("RATE_LIMITED", Ping)).Number("retryAfterMs").Should().Be(200);
    }

    [Test]
    public async Task Where_connections_have_no_limit_users_have_none_either()
    {
        await LimitAsync(limits => (limits.RequestsPerSecond, limits.UserRequestsPerSecond, limits.UserBytesPerSecond) = (0, 1, 1));
        var alice = await ConnectAsync("alice");

        for (var i = 0; i < 100; i++) await alice.SucceedAsync("PONG", Ping);
    }

    /// <summary>Sends a PING of exactly so many bytes, and gives the type of its reply.</summary>
    private static async Task<string> AskAsync(TestClient client, int bytes)
    {
        const string start = """{"type":"PING","x":"ä""";
        await client.SendAsync(start + new string('x', bytes - System.Text.Encoding.UTF8.GetByteCount(start) - 2) + "\"}");
        return (await client.NextAsync()).Type();
    }

    /// <summary>A full bucket holds one request, and one comes back each second: so the wait for the next tells what the last has cost.</summary>
    private static void OneRequest(LimitOptions limits) => (limits.RequestsPerSecond, limits.RequestBurst) = (1, 1);

    private async Task<long> CostAsync(TestClient client, string request, string end)
    {
        _time.Advance(TimeSpan.FromHours(1));
        await client.SendAsync(request);
        JsonElement frame;
        do frame = await client.NextAsync();
        while (frame.Type() != end && frame.Code() != end);
        return (await client.BeRefusedAsync("RATE_LIMITED", Ping)).Number("retryAfterMs") / 1_000;
    }
}
