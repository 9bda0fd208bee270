using System.Text.Json;
using FluentAssertions;
using NUnit.Framework;
using RoomWs.Tests.Support;

namespace RoomWs.Tests.Dispatch;

/// <summary>MembershipActionsPerMinute: what one user may knock at rooms, over all its connections.</summary>
internal sealed class MembershipActionsTests : EndToEndTest
{
    private const int PerMinute = 30;

    /// <summary>An allowance that comes back every 20 s: never within a test.</summary>
    private const int Few = 3;

    private readonly ManualTimeProvider _time = new();

    private static readonly object Guess = new { type = "ROOM_INVITE_ACCEPT", code = "0123456789ABCDEFGHJK" };

    private static IEnumerable<string> Actions => ServerCommands.Types(command => command.IsMembershipAction);

    protected override TimeProvider Time => _time;

    [Test]
    public async Task Of_a_thousand_wrong_codes_few_are_looked_at_and_nobody_else_waits()
    {
        await AllowAsync(PerMinute);
        var (owner, mallory, bob) = (await ConnectAsync("owner"), await ConnectAsync("mallory"), await ConnectAsync("bob"));
        await owner.CreateRoomAsync("r1", "INVITE");
        var code = await owner.CodeAsync("r1");

        var requests = new List<string>();
        for (var i = 0; i < 1_000; i++) requests.Add(await mallory.SendRequestAsync(i % 2 == 0 ? Guess : new { type = "ROOM_JOIN", roomId = "r1", code = $"wrong{i}" }));
        var replies = new List<JsonElement>();
        foreach (var request in requests) replies.Add(await mallory.ReplyAsync(request));

        var refused = replies.Where(reply => reply.Code() == "RATE_LIMITED").ToList();
        var looked = replies.Count(reply => reply.Code() == "NOT_FOUND");
        (looked, refused.Count).Should().Be((PerMinute, 1_000 - PerMinute));
        refused.Should().OnlyContain(reply => reply.Number("retryAfterMs") == 2_000);
        refused[0].Message().Should().Contain("MembershipActionsPerMinute");

        (await bob.AcceptAsync(code)).Text("roomId").Should().Be("r1");
        await mallory.ExpectNothingAsync();
    }

    [Test]
    public async Task All_connections_of_a_user_share_one_allowance_and_the_right_code_does_not_pass_it()
    {
        await AllowAsync(Few);
        var (owner, mallory, elsewhere) = (await ConnectAsync("owner"), await ConnectAsync("mallory"), await ConnectAsync("mallory"));
        await owner.CreateRoomAsync("r1", "INVITE");
        var code = await owner.CodeAsync("r1");
        await mallory.BeRefusedAsync("NOT_FOUND", Guess);
        for (var i = 1; i < Few; i++) await elsewhere.BeRefusedAsync("NOT_FOUND", Guess);

        foreach (var client in new[] { mallory, elsewhere, await ConnectAsync("mallory") })
        {
            var error = await client.BeRefusedAsync("RATE_LIMITED", new { type = "ROOM_INVITE_ACCEPT", code });
            error.Number("retryAfterMs").Should().BeInRange(1, 20_000);
            await client.BeRefusedAsync("RATE_LIMITED", new { type = "ROOM_JOIN", roomId = "r1", code });
        }

        await owner.ExpectNothingAsync();
        (await owner.InvitesAsync("r1")).Should().ContainSingle().Which.IsNull("usedAt").Should().BeTrue();
        await (await ConnectAsync("bob")).AcceptAsync(code);
    }

    [TestCaseSource(nameof(Actions))]
    public async Task Joins_and_invites_count_whether_they_succeed_or_not(string type)
    {
        await AllowAsync(Few);
        var alice = await ConnectAsync("alice");
        foreach (var roomId in new[] { "r0", "r1", "r2", "r3" }) await alice.CreateRoomAsync(roomId, members: ["bob"]);

        (await alice.RequestAsync(Action(0))).Code().Should().NotBe("RATE_LIMITED");
        await alice.BeRefusedAsync("NOT_FOUND", CommandSample.Of(type).Request(room: "none"));
        (await alice.RequestAsync(Action(2))).Code().Should().NotBe("RATE_LIMITED");
        await alice.BeRefusedAsync("RATE_LIMITED", Action(3));

        (await alice.RoomAsync("r3")).Version().Should().Be(1, "a refused request is not done");

        object Action(int i) => CommandSample.Of(type).Request(room: $"r{i}");
    }

    [Test]
    public async Task All_kinds_count_together_and_what_staff_decides_and_leaving_do_not_count()
    {
        await AllowAsync(Few);
        var (alice, bob) = (await ConnectAsync("alice"), await ConnectAsync("bob"));
        foreach (var roomId in new[] { "r1", "r2", "r3", "r4" }) await alice.CreateRoomAsync(roomId, "APPROVAL");
        await bob.AskAsync("r1");
        await bob.AskAsync("r2");
        var inviteId = (await alice.InviteAsync("r1")).Text("inviteId");
        await alice.SucceedAsync("ROOM_JOIN_RESPONSE", new { type = "ROOM_JOIN", roomId = "r1" });
        await alice.BeRefusedAsync("NOT_FOUND", Guess);
        foreach (var type in Actions) await alice.BeRefusedAsync("RATE_LIMITED", CommandSample.Of(type).Request());

        await alice.ApproveAsync("r1", "bob");
        await alice.SucceedAsync("ROOM_JOIN_DENIED", new { type = "ROOM_JOIN_DENY", roomId = "r2", userId = "bob" });
        await alice.SucceedAsync("ROOM_INVITE_REVOKED", new { type = "ROOM_INVITE_REVOKE", roomId = "r1", inviteId });
        await alice.SucceedAsync("ROOM_MEMBERS_UPDATED", new { type = "ROOM_ADD_MEMBERS", roomId = "r1", userIds = new[] { "carol" } });
        await alice.CreateRoomAsync("r5");
        await alice.SucceedAsync("ROOM_LEAVE_RESPONSE", new { type = "ROOM_LEAVE", roomId = "r4" });
    }

    [Test]
    public async Task Leaving_counts_against_nothing_so_nobody_is_kept_in_rooms()
    {
        await AllowAsync(Few);
        var (owner, bob) = (await ConnectAsync("owner"), await ConnectAsync("bob"));
        for (var i = 0; i < 3 * Few; i++) await owner.CreateRoomAsync($"r{i}", members: ["bob"]);
        await bob.TakeAllAsync();

        for (var i = 0; i < 3 * Few; i++) await bob.SucceedAsync("ROOM_LEAVE_RESPONSE", new { type = "ROOM_LEAVE", roomId = $"r{i}" });

        for (var i = 0; i < Few; i++) await bob.BeRefusedAsync("NOT_FOUND", Guess);
        await bob.BeRefusedAsync("RATE_LIMITED", Guess);
        await bob.BeRefusedAsync("NOT_FOUND", new { type = "ROOM_LEAVE", roomId = "r0" });
    }

    [TestCase(1)]
    [TestCase(7)]
    [TestCase(120)]
    public async Task A_retry_after_exactly_the_told_time_is_looked_at_and_one_just_before_it_is_not(int perMinute)
    {
        await AllowAsync(perMinute);
        var (alice, elsewhere) = (await ConnectAsync("alice"), await ConnectAsync("alice"));
        for (var i = 0; i < perMinute; i++) await alice.BeRefusedAsync("NOT_FOUND", Guess);

        var told = (await alice.BeRefusedAsync("RATE_LIMITED", Guess)).Number("retryAfterMs");
        told.Should().Be((60_000 + perMinute - 1) / perMinute);
        _time.Advance(TimeSpan.FromMilliseconds(told - 1));
        (await elsewhere.BeRefusedAsync("RATE_LIMITED", Guess)).Number("retryAfterMs").Should().Be(1);

        _time.Advance(TimeSpan.FromMilliseconds(1));
        await elsewhere.BeRefusedAsync("NOT_FOUND", Guess);
        await alice.BeRefusedAsync("RATE_LIMITED", Guess);
    }

    [Test]
    public async Task After_a_minute_of_rest_the_allowance_is_whole_again_and_no_larger()
    {
        await AllowAsync(Few);
        var (alice, bob) = (await ConnectAsync("alice"), await ConnectAsync("bob"));
        for (var i = 0; i < Few; i++) await alice.BeRefusedAsync("NOT_FOUND", Guess);
        _time.Advance(TimeSpan.FromSeconds(40));
        for (var i = 0; i < Few; i++) await bob.BeRefusedAsync("NOT_FOUND", Guess);
        _time.Advance(TimeSpan.FromSeconds(20));

        for (var i = 0; i < Few; i++) await alice.BeRefusedAsync("NOT_FOUND", Guess);
        await alice.BeRefusedAsync("RATE_LIMITED", Guess);
        await bob.BeRefusedAsync("NOT_FOUND", Guess);
        await bob.BeRefusedAsync("RATE_LIMITED", Guess);
    }

    [Test]
    public async Task Zero_is_no_limit_and_clients_are_told_the_limit()
    {
        var alice = await ConnectAsync("alice");
        for (var i = 0; i < 200; i++) await alice.BeRefusedAsync("NOT_FOUND", Guess);
        (await alice.SucceedAsync("HELLO_ACK", new { type = "HELLO", version = 1 })).GetProperty("limits").Number("membershipActionsPerMinute").Should().Be(0);

        await AllowAsync(PerMinute);
        alice = await ConnectAsync("alice");
        (await alice.SucceedAsync("HELLO_ACK", new { type = "HELLO", version = 1 })).GetProperty("limits").Number("membershipActionsPerMinute").Should().Be(PerMinute);
    }

    private Task AllowAsync(int perMinute) => LimitAsync(limits => limits.MembershipActionsPerMinute = perMinute);
}
