using FluentAssertions;
using NUnit.Framework;
using RoomWs.Server.Model;
using RoomWs.Tests.Support;

namespace RoomWs.Tests.Dispatch;

/// <summary>Hidden rooms cannot be searched for: what a stranger asks about rooms is limited, and the limit says no more than the refusals it stands for.</summary>
internal sealed class StrangersTests : EndToEndTest
{
    /// <summary>An allowance that comes back every 20 s: never within a test.</summary>
    private const int Few = 3;

    private readonly ManualTimeProvider _time = new();

    private TestClient _owner = null!;
    private TestClient _mallory = null!;

    protected override TimeProvider Time => _time;

    /// <summary>All that ask about a room or change it, but what counts as a membership action anyhow, and what takes its caller out.</summary>
    private static IEnumerable<string> Requests => ServerCommands.Types(
        command => command.Requires is not null and not (RoomAction.Leave or RoomAction.CancelRequest) && !command.IsMembershipAction);

    [SetUp]
    public async Task CreateRoomAsync()
    {
        await LimitAsync(limits => limits.MembershipActionsPerMinute = Few);
        (_owner, _mallory) = (await ConnectAsync("owner"), await ConnectAsync("mallory"));
        await _owner.SucceedAsync("ROOM_CREATED", new { type = "ROOM_CREATE", roomId = "hidden", slug = "hidden", joinPolicy = "INVITE", memberIds = new[] { "member" } });
    }

    [TestCaseSource(nameof(Requests))]
    public async Task Looks_at_rooms_of_others_and_at_no_rooms_count_and_past_the_limit_are_all_the_same(string type)
    {
        var elsewhere = await ConnectAsync("mallory");
        await _mallory.BeRefusedAsync("FORBIDDEN", CommandSample.Of(type).Request(room: "hidden"));
        await elsewhere.BeRefusedAsync("NOT_FOUND", CommandSample.Of(type).Request(room: "none"));
        await _mallory.BeRefusedAsync("FORBIDDEN", CommandSample.Of(type).Request(room: "hidden"));

        var there = await _mallory.BeRefusedAsync("RATE_LIMITED", CommandSample.Of(type).Request(room: "hidden"));
        var missing = await elsewhere.BeRefusedAsync("RATE_LIMITED", CommandSample.Of(type).Request(room: "none"));

        there.Body().Should().Be(missing.Body());
        there.Number("retryAfterMs").Should().BeInRange(1, 20_000);
        await _mallory.BeRefusedAsync("RATE_LIMITED", new { type = "ROOM_JOIN", roomId = "hidden" });
        _time.Advance(TimeSpan.FromMilliseconds(there.Number("retryAfterMs")));
        await _mallory.BeRefusedAsync("NOT_FOUND", CommandSample.Of(type).Request(room: "none"));
    }

    [TestCase("ROOM_INFO")]
    [TestCase("ROOM_MEMBERS")]
    public async Task A_slug_is_no_way_around_it(string type)
    {
        await _mallory.BeRefusedAsync("FORBIDDEN", new { type, slug = "hidden" });
        await _mallory.BeRefusedAsync("NOT_FOUND", new { type, slug = "none" });
        await _mallory.BeRefusedAsync("NOT_FOUND", new { type, roomId = "none" });

        foreach (var slug in new[] { "hidden", "none" }) await _mallory.BeRefusedAsync("RATE_LIMITED", new { type, slug });
    }

    [TestCaseSource(nameof(Requests))]
    public async Task A_member_is_never_refused_for_what_it_asks_in_its_rooms(string type)
    {
        var member = await ConnectAsync("member");
        for (var i = 0; i < Few; i++) await member.BeRefusedAsync("NOT_FOUND", CommandSample.Of(type).Request(room: "none"));
        await member.BeRefusedAsync("RATE_LIMITED", CommandSample.Of(type).Request(room: "none"));

        for (var i = 0; i < 2 * Few; i++) (await member.RequestAsync(CommandSample.Of(type).Request(room: "hidden"))).Code().Should().NotBe("RATE_LIMITED");
    }

    [TestCase("ROOM_INVITE_LIST")]
    [TestCase("ROOM_AUDIT_LIST")]
    public async Task What_a_role_does_not_allow_costs_a_member_nothing(string type)
    {
        var member = await ConnectAsync("member");

        for (var i = 0; i < 2 * Few; i++) await member.BeRefusedAsync("FORBIDDEN", CommandSample.Of(type).Request(room: "hidden"));

        (await member.RequestAsync(new { type = "ROOM_JOIN", roomId = "hidden" })).Code().Should().BeNull();
    }

    [Test]
    public async Task A_malformed_query_and_a_list_cost_nothing()
    {
        for (var i = 0; i < 2 * Few; i++) await _mallory.BeRefusedAsync("VALIDATION_ERROR", new { type = "ROOM_INFO", roomId = "r 1" });
        for (var i = 0; i < 2 * Few; i++) await _mallory.SucceedAsync("ROOM_LIST_RESPONSE", new { type = "ROOM_LIST", includeAll = true });

        await _mallory.BeRefusedAsync("NOT_FOUND", new { type = "ROOM_INFO", roomId = "none" });
    }

    /// <summary>These are not limited, so they must not tell.</summary>
    [TestCase("ROOM_LEAVE")]
    [TestCase("ROOM_JOIN_CANCEL")]
    public async Task What_any_user_may_send_says_the_same_of_a_hidden_room_and_of_none(string type)
    {
        var hidden = await _mallory.BeRefusedAsync("NOT_FOUND", new { type, roomId = "hidden" });
        var none = await _mallory.BeRefusedAsync("NOT_FOUND", new { type, roomId = "none" });

        hidden.Body().Should().Be(none.Body());
    }
}
