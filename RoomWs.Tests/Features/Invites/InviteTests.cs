using FluentAssertions;
using NUnit.Framework;
using RoomWs.Tests.Support;

namespace RoomWs.Tests.Features.Invites;

/// <summary>ROOM_INVITE_CREATE, ROOM_INVITE_LIST and ROOM_INVITE_REVOKE.</summary>
[CommandSample("""{"type":"ROOM_INVITE_CREATE","roomId":"$room"}""")]
[CommandSample("""{"type":"ROOM_INVITE_LIST","roomId":"$room"}""")]
[CommandSample("""{"type":"ROOM_INVITE_REVOKE","roomId":"$room","inviteId":"$invite"}""")]
internal sealed class InviteTests : EndToEndTest
{
    private readonly ManualTimeProvider _time = new();

    protected override TimeProvider Time => _time;

    [Test]
    public async Task The_creator_alone_is_shown_the_code_and_the_room_does_not_change()
    {
        var (owner, admin, member) = await CreateRoomAsync();
        var adminElsewhere = await ConnectAsync("admin");

        var reply = await admin.SucceedAsync("ROOM_INVITE_CREATED", new { type = "ROOM_INVITE_CREATE", roomId = "r1" });

        var invite = reply.GetProperty("invite");
        invite.EnumerateObject().Select(field => field.Name).Should().Equal("inviteId", "roomId", "code", "createdBy", "createdAt", "expiresAt");
        invite.Text("roomId").Should().Be("r1");
        invite.Text("createdBy").Should().Be("admin");
        invite.Number("createdAt").Should().Be(_time.UtcNow.ToUnixTimeMilliseconds());
        (invite.Number("expiresAt") - invite.Number("createdAt")).Should().Be(86_400_000);
        invite.Text("code").Should().MatchRegex("^[0-9A-HJKMNP-TV-Z]{20}$", "20 characters of 5 bits each are 100 bits, which is more than 95");
        await RoomSteps.ExpectNothingAsync(owner, admin, adminElsewhere, member);
        (await owner.RoomAsync("r1")).Version().Should().Be(2);
    }

    [Test]
    public async Task No_two_codes_and_no_two_invites_are_alike()
    {
        var (owner, _, _) = await CreateRoomAsync();
        var invites = new List<System.Text.Json.JsonElement>();
        for (var i = 0; i < 100; i++) invites.Add(await owner.InviteAsync("r1"));

        invites.Select(invite => invite.Text("code")).Should().OnlyHaveUniqueItems();
        invites.Select(invite => invite.Text("inviteId")).Should().OnlyHaveUniqueItems();
        // Of 2,000 random characters each of the 32 comes; a lost bit of randomness would halve them.
        invites.SelectMany(invite => invite.Text("code")).Distinct().Should().HaveCount(32);
    }

    [TestCase(60)]
    [TestCase(86_400)]
    [TestCase(2_592_000)]
    public async Task An_invite_holds_as_long_as_was_asked_for(int expiresInSeconds)
    {
        var (owner, _, _) = await CreateRoomAsync();

        var invite = await owner.InviteAsync("r1", expiresInSeconds);

        (invite.Number("expiresAt") - invite.Number("createdAt")).Should().Be(expiresInSeconds * 1_000L);
    }

    [TestCase("59")]
    [TestCase("2592001")]
    [TestCase("0")]
    [TestCase("-60")]
    [TestCase("60.5")]
    [TestCase("99999999999")]
    [TestCase("\"60\"")]
    public async Task A_life_that_there_is_not_is_refused_by_name(string expiresInSeconds)
    {
        var (owner, _, _) = await CreateRoomAsync();

        await owner.SendAsync($$"""{"type":"ROOM_INVITE_CREATE","correlationId":"c1","roomId":"r1","expiresInSeconds":{{expiresInSeconds}}}""");

        var error = await owner.ReplyAsync("c1");
        error.Code().Should().Be("VALIDATION_ERROR");
        error.Message().Should().Contain("expiresInSeconds");
        (await owner.InvitesAsync("r1")).Should().BeEmpty();
    }

    [Test]
    public async Task The_list_tells_the_fate_of_each_invite_oldest_first_and_never_a_code()
    {
        var (owner, admin, _) = await CreateRoomAsync();
        var invites = new List<System.Text.Json.JsonElement>();
        foreach (var creator in new[] { owner, admin, owner })
        {
            invites.Add(await creator.InviteAsync("r1", 120));
            _time.UtcNow += TimeSpan.FromSeconds(1);
        }

        await (await ConnectAsync("bob")).AcceptAsync(invites[1].Text("code"));
        var usedAt = _time.UtcNow.ToUnixTimeMilliseconds();
        await owner.SucceedAsync("ROOM_INVITE_REVOKED", new { type = "ROOM_INVITE_REVOKE", roomId = "r1", inviteId = invites[0].Text("inviteId") });
        _time.UtcNow += TimeSpan.FromHours(1);

        var listed = (await admin.InvitesAsync("r1")).Select(invite => invite.GetRawText());

        listed.Should().Equal(
            Row(invites[1], "admin", $$"""{{usedAt}},"usedBy":"bob"}"""),
            Row(invites[2], "owner", """null,"usedBy":null}"""));

        static string Row(System.Text.Json.JsonElement invite, string createdBy, string rest) =>
            $$"""{"inviteId":"{{invite.Text("inviteId")}}","createdBy":"{{createdBy}}","createdAt":{{invite.Number("createdAt")}},"expiresAt":{{invite.Number("expiresAt")}},"usedAt":""" + rest;
    }

    [Test]
    public async Task A_revoked_code_lets_nobody_in_and_nobody_else_is_told()
    {
        var (owner, admin, member) = await CreateRoomAsync();
        var bob = await ConnectAsync("bob");
        var invite = await owner.InviteAsync("r1");

        var reply = await admin.SucceedAsync("ROOM_INVITE_REVOKED", new { type = "ROOM_INVITE_REVOKE", roomId = "r1", inviteId = invite.Text("inviteId") });

        reply.Text("roomId").Should().Be("r1");
        reply.Text("inviteId").Should().Be(invite.Text("inviteId"));
        (await owner.InvitesAsync("r1")).Should().BeEmpty();
        await bob.BeToldAsync("NOT_FOUND", "Invitation not found", new { type = "ROOM_INVITE_ACCEPT", code = invite.Text("code") });
        await admin.BeToldAsync("NOT_FOUND", "Invitation not found", new { type = "ROOM_INVITE_REVOKE", roomId = "r1", inviteId = invite.Text("inviteId") });
        await RoomSteps.ExpectNothingAsync(owner, admin, member, bob);
    }

    [Test]
    public async Task An_invite_is_revoked_in_its_own_room_alone()
    {
        var (owner, _, _) = await CreateRoomAsync();
        var mallory = await ConnectAsync("mallory");
        await mallory.CreateRoomAsync("r2", "INVITE");
        var invite = await owner.InviteAsync("r1");

        await mallory.BeToldAsync("NOT_FOUND", "Invitation not found", new { type = "ROOM_INVITE_REVOKE", roomId = "r2", inviteId = invite.Text("inviteId") });

        await (await ConnectAsync("bob")).AcceptAsync(invite.Text("code"));
    }

    [Test]
    public async Task Members_and_outsiders_neither_make_nor_see_nor_revoke_invites()
    {
        var (owner, _, member) = await CreateRoomAsync();
        var inviteId = (await owner.InviteAsync("r1")).Text("inviteId");
        foreach (var client in new[] { member, await ConnectAsync("mallory") })
        {
            await client.BeRefusedAsync("FORBIDDEN", new { type = "ROOM_INVITE_CREATE", roomId = "r1" });
            await client.BeRefusedAsync("FORBIDDEN", new { type = "ROOM_INVITE_LIST", roomId = "r1" });
            await client.BeRefusedAsync("FORBIDDEN", new { type = "ROOM_INVITE_REVOKE", roomId = "r1", inviteId });
            foreach (var type in new[] { "ROOM_INVITE_CREATE", "ROOM_INVITE_LIST", "ROOM_INVITE_REVOKE" })
            {
                await client.BeToldAsync("NOT_FOUND", "There is no such room.", new { type, roomId = "r2", inviteId });
            }
        }

        (await owner.InvitesAsync("r1")).Should().ContainSingle();
    }

    [TestCase("ROOM_INVITE_CREATE", "{}", "roomId")]
    [TestCase("ROOM_INVITE_LIST", "{}", "roomId")]
    [TestCase("ROOM_INVITE_REVOKE", "{\"roomId\":\"r1\"}", "inviteId")]
    [TestCase("ROOM_INVITE_REVOKE", "{\"inviteId\":\"x\"}", "roomId")]
    [TestCase("ROOM_INVITE_ACCEPT", "{}", "code")]
    [TestCase("ROOM_INVITE_ACCEPT", "{\"code\":\"\"}", "code")]
    [TestCase("ROOM_INVITE_ACCEPT", "{\"code\":7}", "code")]
    [TestCase("ROOM_INVITE_ACCEPT", "{\"code\":null}", "code")]
    [TestCase("ROOM_JOIN", "{\"roomId\":\"r1\",\"code\":\"\"}", "code")]
    public async Task A_field_that_is_missing_or_does_not_fit_is_named(string type, string fields, string named)
    {
        var (owner, _, _) = await CreateRoomAsync();

        await owner.SendAsync($$"""{"type":"{{type}}","correlationId":"c1"{{(fields == "{}" ? "" : ",")}}{{fields[1..]}}""");

        var error = await owner.ReplyAsync("c1");
        error.Code().Should().Be("VALIDATION_ERROR");
        error.Message().Should().Contain(named);
    }

    [Test]
    public async Task A_retry_under_its_key_gives_the_same_invite_without_its_code()
    {
        var (owner, _, _) = await CreateRoomAsync();
        var create = new { type = "ROOM_INVITE_CREATE", roomId = "r1", idempotencyKey = "k1" };
        var first = (await owner.SucceedAsync("ROOM_INVITE_CREATED", create)).GetProperty("invite");

        var again = (await (await ConnectAsync("owner")).SucceedAsync("ROOM_INVITE_CREATED", create)).GetProperty("invite");

        again.IsNull("code").Should().BeTrue();
        again.GetRawText().Should().Be(first.GetRawText().Replace($"\"{first.Text("code")}\"", "null", StringComparison.Ordinal));
        (await owner.InvitesAsync("r1")).Should().ContainSingle();
        await (await ConnectAsync("bob")).AcceptAsync(first.Text("code"));
    }

    [Test]
    public async Task Invites_used_and_unused_outlive_a_restart()
    {
        var (owner, _, _) = await CreateRoomAsync();
        var (used, open) = (await owner.CodeAsync("r1"), await owner.CodeAsync("r1"));
        await (await ConnectAsync("bob")).AcceptAsync(used);
        var before = (await owner.InvitesAsync("r1")).Select(invite => invite.GetRawText()).ToList();

        await Server.RestartAsync();

        (owner, var carol) = (await ConnectAsync("owner"), await ConnectAsync("carol"));
        (await owner.InvitesAsync("r1")).Select(invite => invite.GetRawText()).Should().Equal(before);
        await carol.BeToldAsync("CONFLICT", "Invitation already used", new { type = "ROOM_INVITE_ACCEPT", code = used });
        await carol.AcceptAsync(open);
    }

    private async Task<(TestClient Owner, TestClient Admin, TestClient Member)> CreateRoomAsync()
    {
        var owner = await ConnectAsync("owner");
        await owner.CreateRoomAsync("r1", "INVITE", members: ["member"], admins: ["admin"]);
        return (owner, await ConnectAsync("admin"), await ConnectAsync("member"));
    }
}
