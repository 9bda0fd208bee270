using FluentAssertions;
using NUnit.Framework;
using RoomWs.Server.Configuration;
using RoomWs.Tests.Support;

namespace RoomWs.Tests.Dispatch;

/// <summary>CreatesPerMinute and AddsPerMinute: how many rooms one user makes, and how many users it adds, over all its connections.</summary>
internal sealed class GrowthRateTests : EndToEndTest
{
    private readonly ManualTimeProvider _time = new();

    protected override TimeProvider Time => _time;

    protected override void Configure(RoomWsOptions options) => (options.Limits.CreatesPerMinute, options.Limits.AddsPerMinute) = (6, 10);

    [Test]
    public async Task A_user_makes_so_many_rooms_and_then_one_at_a_time()
    {
        var (alice, elsewhere, bob) = (await ConnectAsync("alice"), await ConnectAsync("alice"), await ConnectAsync("bob"));
        for (var i = 0; i < 6; i++) await (i % 2 == 0 ? alice : elsewhere).CreateRoomAsync($"r{i}");

        var refusal = await elsewhere.BeRefusedAsync("RATE_LIMITED", new { type = "ROOM_CREATE", roomId = "r6" });
        refusal.Message().Should().Contain("CreatesPerMinute");
        refusal.Number("retryAfterMs").Should().Be(10_000);
        await bob.CreateRoomAsync("bobs");
        _time.Advance(TimeSpan.FromMilliseconds(9_999));
        (await alice.BeRefusedAsync("RATE_LIMITED", new { type = "ROOM_CREATE", roomId = "r6" })).Number("retryAfterMs").Should().Be(1);
        _time.Advance(TimeSpan.FromMilliseconds(1));
        await alice.CreateRoomAsync("r6");
    }

    [Test]
    public async Task Users_who_are_added_count_over_both_commands_and_only_those_who_are_new()
    {
        var alice = await ConnectAsync("alice");
        await alice.CreateRoomAsync("r1", members: ["a", "b", "c", "a", "alice"]);
        await alice.SucceedAsync("ROOM_MEMBERS_UPDATED", Add("a", "b", "c", "d", "d"));
        for (var i = 0; i < 5; i++) await alice.SucceedAsync("ROOM_MEMBERS_UPDATED", Add("a", "b", "c", "d"));
        await alice.SucceedAsync("ROOM_MEMBERS_UPDATED", Add("e", "f", "g", "h", "i", "j"));

        var refusal = await alice.BeRefusedAsync("RATE_LIMITED", Add("a", "k"));
        refusal.Message().Should().Contain("AddsPerMinute");
        refusal.Number("retryAfterMs").Should().Be(6_000);
        await alice.BeRefusedAsync("RATE_LIMITED", new { type = "ROOM_CREATE", roomId = "r2", memberIds = new[] { "k", "l" } });
        await alice.SucceedAsync("ROOM_MEMBERS_UPDATED", Add("a"));
        (await alice.RoomAsync("r1")).Version().Should().Be(3);

        _time.Advance(TimeSpan.FromSeconds(12));
        await alice.SucceedAsync("ROOM_CREATED", new { type = "ROOM_CREATE", roomId = "r2", memberIds = new[] { "k", "l" } });
    }

    [Test]
    public async Task Who_has_used_nothing_up_may_add_as_many_as_a_request_can_name_and_makes_up_for_it()
    {
        var alice = await ConnectAsync("alice");
        string[] many = [.. Enumerable.Range(0, 1_000).Select(i => $"u{i}")];
        await alice.CreateRoomAsync("r1", members: many);

        // 990 are owed, and one more has to come back.
        (await alice.BeRefusedAsync("RATE_LIMITED", Add("x"))).Number("retryAfterMs").Should().Be(991 * 6_000);
        _time.Advance(TimeSpan.FromSeconds(991 * 6));
        await alice.SucceedAsync("ROOM_MEMBERS_UPDATED", Add("x"));
        await alice.BeRefusedAsync("RATE_LIMITED", Add("y"));
    }

    [Test]
    public async Task A_creation_that_is_refused_for_its_members_costs_no_room()
    {
        var alice = await ConnectAsync("alice");
        await alice.CreateRoomAsync("r1", members: [.. Enumerable.Range(0, 10).Select(i => $"u{i}")]);
        for (var i = 0; i < 20; i++) (await alice.BeRefusedAsync("RATE_LIMITED", new { type = "ROOM_CREATE", memberIds = new[] { "x" } })).Message().Should().Contain("AddsPerMinute");

        for (var i = 0; i < 5; i++) await alice.CreateRoomAsync($"more{i}");
    }

    [Test]
    public async Task What_is_refused_or_was_done_before_costs_nothing()
    {
        await LimitAsync(limits => limits.MembersPerRoom = 5);
        var alice = await ConnectAsync("alice");
        var create = new { type = "ROOM_CREATE", name = "x", memberIds = new[] { "a", "b" }, idempotencyKey = "k1" };
        await alice.SucceedAsync("ROOM_CREATED", create);
        for (var i = 0; i < 20; i++) await alice.SucceedAsync("ROOM_CREATED", create);
        await alice.CreateRoomAsync("r1");
        for (var i = 0; i < 20; i++)
        {
            await alice.BeRefusedAsync("CREATE_FAILED", new { type = "ROOM_CREATE", roomId = "r1", memberIds = new[] { "a" } });
            await alice.BeRefusedAsync("JOIN_FAILED", Add("a", "b", "c", "d", "e"));
            await alice.BeRefusedAsync("CONFLICT", new { type = "ROOM_ADD_MEMBERS", roomId = "r1", userIds = new[] { "a" }, ifVersion = 7 });
        }

        for (var i = 2; i < 6; i++) await alice.CreateRoomAsync($"r{i}", members: ["a", "b"]);
        await alice.BeRefusedAsync("RATE_LIMITED", new { type = "ROOM_CREATE" });
        (await alice.BeRefusedAsync("RATE_LIMITED", Add("z"))).Message().Should().Contain("AddsPerMinute");
    }

    [TestCase("ROOM_CREATE", 6)]
    [TestCase("ROOM_ADD_MEMBERS", 10)]
    public async Task Many_connections_at_once_get_exactly_what_one_would(string type, int allowed)
    {
        var clients = await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => ConnectAsync("alice")));
        var bob = await ConnectAsync("bob");
        await bob.CreateRoomAsync("r1", admins: ["alice"]);

        var replies = await Task.WhenAll(clients.Select(async (client, i) =>
        {
            var codes = new List<string?>();
            for (var n = 0; n < 5; n++) codes.Add((await client.RequestAsync(type == "ROOM_CREATE" ? new { type } : Add($"u{i}-{n}"))).Code());
            return codes;
        }));

        replies.SelectMany(codes => codes).Count(code => code is null).Should().Be(allowed);
        replies.SelectMany(codes => codes).Count(code => code == "RATE_LIMITED").Should().Be(40 - allowed);
    }

    [Test]
    public async Task A_change_that_could_not_be_stored_costs_nothing()
    {
        Server.ExpectsFaults = true;
        var alice = await ConnectAsync("alice");
        await alice.CreateRoomAsync("r1");
        Server.Database.Refuse("members", "NEW.user_id = 'bad'");

        for (var i = 0; i < 20; i++)
        {
            await alice.BeRefusedAsync("INTERNAL_ERROR", Add("a", "bad"));
            await alice.BeRefusedAsync("INTERNAL_ERROR", new { type = "ROOM_CREATE", memberIds = new[] { "a", "bad" } });
        }

        await alice.SucceedAsync("ROOM_MEMBERS_UPDATED", Add([.. Enumerable.Range(0, 10).Select(i => $"u{i}")]));
        for (var i = 0; i < 5; i++) await alice.CreateRoomAsync($"more{i}");
    }

    [Test]
    public async Task Zero_is_no_limit()
    {
        await LimitAsync(limits => (limits.CreatesPerMinute, limits.AddsPerMinute) = (0, 0));
        var alice = await ConnectAsync("alice");
        for (var i = 0; i < 50; i++) await alice.CreateRoomAsync($"r{i}", members: [$"u{i}", "v"]);
    }

    private static object Add(params string[] userIds) => new { type = "ROOM_ADD_MEMBERS", roomId = "r1", userIds };
}
