using System.Text.Json;
using FluentAssertions;
using NUnit.Framework;
using RoomWs.Server.Configuration;
using RoomWs.Tests.Support;

namespace RoomWs.Tests.Features.Invites;

/// <summary>InvitesPerRoom, which counts the invites that let somebody in, and the pages of ROOM_INVITE_LIST.</summary>
internal sealed class InviteLimitTests : EndToEndTest
{
    private static readonly object Create = new { type = "ROOM_INVITE_CREATE", roomId = "r1" };

    private readonly ManualTimeProvider _time = new();

    private TestClient _owner = null!;

    protected override TimeProvider Time => _time;

    protected override void Configure(RoomWsOptions options) => options.Limits.InvitesPerRoom = 2;

    [SetUp]
    public async Task CreateRoomAsync()
    {
        _owner = await ConnectAsync("owner");
        await _owner.CreateRoomAsync("r1", "INVITE", admins: ["admin"]);
    }

    [TestCase("revoked")]
    [TestCase("used")]
    [TestCase("expired")]
    [TestCase("suspended")]
    public async Task One_past_the_limit_is_a_conflict_until_one_of_the_others_lets_nobody_in_any_more(string end)
    {
        var admin = await ConnectAsync("admin");
        var first = await admin.InviteAsync("r1", 60);
        await _owner.InviteAsync("r1");

        foreach (var client in new[] { _owner, admin })
        {
            var error = await client.BeRefusedAsync("CONFLICT", Create);
            error.Text("reason").Should().Be("TOO_MANY_INVITES");
            error.Message().Should().Contain("InvitesPerRoom").And.Contain("2");
        }

        if (end == "revoked") await _owner.SucceedAsync("ROOM_INVITE_REVOKED", new { type = "ROOM_INVITE_REVOKE", roomId = "r1", inviteId = first.Text("inviteId") });
        else if (end == "used") await (await ConnectAsync("bob")).AcceptAsync(first.Text("code"));
        else if (end == "expired") _time.UtcNow += TimeSpan.FromSeconds(60);
        else await _owner.SetRoleAsync("r1", "admin", "MEMBER");

        await _owner.InviteAsync("r1");
        (await _owner.BeRefusedAsync("CONFLICT", Create)).Text("reason").Should().Be("TOO_MANY_INVITES");
    }

    [Test]
    public async Task Each_room_has_its_own_and_other_refusals_have_no_reason()
    {
        await _owner.CreateRoomAsync("r2", "INVITE");
        for (var i = 0; i < 2; i++) await _owner.InviteAsync("r1");

        await _owner.InviteAsync("r2");
        (await _owner.BeRefusedAsync("NOT_FOUND", new { type = "ROOM_INVITE_REVOKE", roomId = "r1", inviteId = "none" })).Has("reason").Should().BeFalse();
    }

    [Test]
    public async Task Zero_is_no_limit()
    {
        await LimitAsync(limits => limits.InvitesPerRoom = 0);
        _owner = await ConnectAsync("owner");

        for (var i = 0; i < 5; i++) await _owner.InviteAsync("r1");
    }

    [TestCase(1)]
    [TestCase(7)]
    [TestCase(20)]
    [TestCase(500)]
    public async Task Pages_hold_each_invite_once_oldest_first_whatever_ends_between_them(int limit)
    {
        await LimitAsync(limits => limits.InvitesPerRoom = 0);
        _owner = await ConnectAsync("owner");
        var made = new List<string>();
        for (var i = 0; i < 20; i++)
        {
            _time.UtcNow += TimeSpan.FromMilliseconds(1);
            made.Add((await _owner.InviteAsync("r1")).Text("inviteId"));
        }

        var (listed, cursor) = (new List<string>(), (string?)null);
        do
        {
            var page = await _owner.SucceedAsync("ROOM_INVITE_LIST_RESPONSE", new { type = "ROOM_INVITE_LIST", roomId = "r1", limit, cursor });
            string[] ids = [.. page.GetProperty("invites").EnumerateArray().Select(invite => invite.Text("inviteId"))];
            ids.Length.Should().BeLessThanOrEqualTo(limit);
            listed.AddRange(ids);
            cursor = page.Has("nextCursor") ? page.Text("nextCursor") : null;
            // The last one shown is where the next page begins.
            await _owner.SucceedAsync("ROOM_INVITE_REVOKED", new { type = "ROOM_INVITE_REVOKE", roomId = "r1", inviteId = ids[^1] });
        }
        while (cursor is not null);

        listed.Should().Equal(made);
    }

    [TestCase("""{"limit":0}""", "limit")]
    [TestCase("""{"limit":501}""", "limit")]
    [TestCase("""{"cursor":"x"}""", "cursor")]
    [TestCase("""{"cursor":"request_00000000000000000000000001"}""", "cursor")]
    [TestCase("""{"cursor":""}""", "cursor")]
    public async Task A_limit_or_cursor_that_is_none_is_refused_by_its_name(string fields, string named)
    {
        var request = new Dictionary<string, object> { ["type"] = "ROOM_INVITE_LIST", ["roomId"] = "r1" };
        foreach (var field in JsonElement.Parse(fields).EnumerateObject()) request[field.Name] = field.Value;

        (await _owner.BeRefusedAsync("VALIDATION_ERROR", request)).Message().Should().StartWith(named);
    }
}
