using FluentAssertions;
using NUnit.Framework;
using RoomWs.Tests.Support;

namespace RoomWs.Tests.Features.Invites;

/// <summary>ROOM_INVITE_ACCEPT and ROOM_JOIN with a code: what both ways in have in common, and where they differ.</summary>
[CommandSample("""{"type":"ROOM_INVITE_ACCEPT","code":"$code"}""")]
internal sealed class AcceptInviteTests : EndToEndTest
{
    private const string Accept = "accept";
    private const string Join = "join";

    private readonly ManualTimeProvider _time = new();

    private TestClient _owner = null!;
    private TestClient _bob = null!;

    protected override TimeProvider Time => _time;

    [SetUp]
    public async Task CreateRoomAsync()
    {
        _owner = await ConnectAsync("owner");
        _bob = await TestClient.ConnectAsync(Server, "bob", "Bob B.");
        await _owner.CreateRoomAsync("r1", "INVITE", members: ["member"]);
    }

    [TestCase(Accept, "INVITE")]
    [TestCase(Join, "INVITE")]
    [TestCase(Accept, "APPROVAL")]
    [TestCase(Join, "APPROVAL")]
    [TestCase(Accept, "OPEN")]
    public async Task A_code_leads_into_its_room_with_the_events_of_a_join(string way, string joinPolicy)
    {
        await SetPolicyAsync(joinPolicy);
        var (member, bobElsewhere, outsider) = (await ConnectAsync("member"), await ConnectAsync("bob"), await ConnectAsync("mallory"));
        var code = await _owner.CodeAsync("r1");

        var reply = await _bob.SucceedAsync("ROOM_JOIN_RESPONSE", Use(way, code));

        reply.GetProperty("success").GetBoolean().Should().BeTrue();
        reply.GetProperty("alreadyMember").GetBoolean().Should().BeFalse();
        reply.Text("roomId").Should().Be("r1");
        reply.Texts("members").Should().Equal("owner", "member", "bob");
        reply.Room().Roster().Should().Be("owner=OWNER member=MEMBER bob=MEMBER");
        reply.GetProperty("roomInfo").Number("memberCount").Should().Be(3);
        foreach (var told in new[] { _owner, member, bobElsewhere })
        {
            var joined = await told.ExpectAsync("ROOM_MEMBER_JOINED");
            joined.Text("userId").Should().Be("bob");
            joined.Text("username").Should().Be("Bob B.");
            (await told.ExpectAsync("ROOM_MEMBERS_UPDATED")).Version().Should().Be(reply.Room().Version());
        }

        await RoomSteps.ExpectNothingAsync(_owner, member, _bob, bobElsewhere, outsider);
        (await _owner.InvitesAsync("r1")).Should().ContainSingle().Which.Text("usedBy").Should().Be("bob");
    }

    [TestCase(Accept)]
    [TestCase(Join)]
    public async Task A_code_that_there_is_not_is_not_found(string way)
    {
        var code = await _owner.CodeAsync("r1");

        string[] wrong = ["x", code[..^1], code + "0", code.Replace(code[0], 'U'), new string('0', 20), new string('x', 5_000), "' OR 1=1 --"];
        foreach (var guess in wrong) await _bob.BeToldAsync("NOT_FOUND", "Invitation not found", Use(way, guess));

        await RoomSteps.ExpectNothingAsync(_owner, _bob);
        await _bob.SucceedAsync("ROOM_JOIN_RESPONSE", Use(way, code));
    }

    [TestCase(Accept)]
    [TestCase(Join)]
    public async Task A_used_code_is_a_conflict_even_when_who_came_with_it_is_gone(string way)
    {
        var code = await _owner.CodeAsync("r1");
        await _bob.AcceptAsync(code);
        await _bob.SucceedAsync("ROOM_LEAVE_RESPONSE", new { type = "ROOM_LEAVE", roomId = "r1" });
        await MembershipSteps.SettleAsync(_owner, _bob);

        foreach (var client in new[] { _bob, await ConnectAsync("carol") }) await client.BeToldAsync("CONFLICT", "Invitation already used", Use(way, code));

        await RoomSteps.ExpectNothingAsync(_owner, _bob);
    }

    [TestCase(Accept)]
    [TestCase(Join)]
    public async Task A_code_expires_at_its_time_and_not_a_moment_before(string way)
    {
        string[] codes = [await _owner.CodeAsync("r1", 60), await _owner.CodeAsync("r1", 60)];

        _time.UtcNow += TimeSpan.FromSeconds(60) - TimeSpan.FromMilliseconds(1);
        await _bob.SucceedAsync("ROOM_JOIN_RESPONSE", Use(way, codes[0]));
        _time.UtcNow += TimeSpan.FromMilliseconds(1);
        var carol = await ConnectAsync("carol");
        await carol.BeToldAsync("CONFLICT", "Invitation expired", Use(way, codes[1]));

        await carol.BeToldAsync("CONFLICT", "Invitation already used", Use(way, codes[0]));
        (await _owner.RoomAsync("r1")).Roster().Should().NotContain("carol");
    }

    [Test]
    public async Task A_member_cannot_accept_and_leaves_the_code_unused()
    {
        var code = await _owner.CodeAsync("r1");
        var member = await ConnectAsync("member");

        foreach (var client in new[] { _owner, member }) await client.BeToldAsync("CONFLICT", "Already a member", Use(Accept, code));

        await RoomSteps.ExpectNothingAsync(_owner, member);
        (await _owner.InvitesAsync("r1")).Should().ContainSingle().Which.IsNull("usedAt").Should().BeTrue();
        await _bob.AcceptAsync(code);
    }

    [Test]
    public async Task A_member_that_joins_with_a_code_leaves_it_unused()
    {
        var code = await _owner.CodeAsync("r1");

        (await _owner.SucceedAsync("ROOM_JOIN_RESPONSE", Use(Join, code))).GetProperty("alreadyMember").GetBoolean().Should().BeTrue();

        await _bob.AcceptAsync(code);
    }

    [Test]
    public async Task An_open_room_does_not_look_at_a_code()
    {
        var code = await _owner.CodeAsync("r1");
        await SetPolicyAsync("OPEN");

        await _bob.SucceedAsync("ROOM_JOIN_RESPONSE", Use(Join, code));
        await (await ConnectAsync("carol")).SucceedAsync("ROOM_JOIN_RESPONSE", Use(Join, "no code at all"));

        (await _owner.InvitesAsync("r1")).Should().ContainSingle().Which.IsNull("usedAt").Should().BeTrue();
        await (await ConnectAsync("dora")).AcceptAsync(code);
    }

    [TestCase("INVITE")]
    [TestCase("APPROVAL")]
    public async Task A_code_of_another_room_is_none_of_this_one_and_stays_good(string joinPolicy)
    {
        await _owner.CreateRoomAsync("r2", "INVITE");
        var code = await _owner.CodeAsync("r2");
        await SetPolicyAsync(joinPolicy);

        await _bob.BeToldAsync("NOT_FOUND", "Invitation not found", Use(Join, code));

        await RoomSteps.ExpectNothingAsync(_owner, _bob);
        (await _owner.RequestersAsync("r1")).Should().BeEmpty("who comes with a wrong code does not ask instead");
        (await _bob.AcceptAsync(code)).Text("roomId").Should().Be("r2");
    }

    [TestCase("used")]
    [TestCase("expired")]
    public async Task What_became_of_a_code_in_its_room_is_not_told_in_another(string fate)
    {
        await _owner.CreateRoomAsync("r2", "INVITE");
        var code = await _owner.CodeAsync("r2");
        if (fate == "used") await (await ConnectAsync("carol")).AcceptAsync(code);
        else _time.UtcNow += TimeSpan.FromDays(2);

        await _bob.BeToldAsync("NOT_FOUND", "Invitation not found", Use(Join, code));
    }

    [Test]
    public async Task A_code_goes_with_its_room()
    {
        await _owner.CreateRoomAsync("r2", "INVITE");
        var code = await _owner.CodeAsync("r2");
        await _owner.SucceedAsync("ROOM_DELETED", new { type = "ROOM_DELETE", roomId = "r2" });
        await _owner.CreateRoomAsync("r2", "INVITE");

        await _bob.BeToldAsync("NOT_FOUND", "Invitation not found", Use(Accept, code));
        (await _owner.InvitesAsync("r2")).Should().BeEmpty();
    }

    [TestCase(Accept)]
    [TestCase(Join)]
    public async Task A_full_room_leaves_the_code_unused(string way)
    {
        await LimitAsync(limits => limits.MembersPerRoom = 2);
        (_owner, _bob) = (await ConnectAsync("owner"), await ConnectAsync("bob"));
        var code = await _owner.CodeAsync("r1");

        await _bob.BeRefusedAsync("JOIN_FAILED", Use(way, code));

        await RoomSteps.ExpectNothingAsync(_owner, _bob);
        await _owner.SucceedAsync("ROOM_MEMBERS_UPDATED", new { type = "ROOM_REMOVE_MEMBER", roomId = "r1", userId = "member" });
        await _bob.SucceedAsync("ROOM_JOIN_RESPONSE", Use(way, code));
    }

    [Test]
    public async Task A_retried_accept_under_its_key_gives_the_first_reply()
    {
        var accept = new { type = "ROOM_INVITE_ACCEPT", code = await _owner.CodeAsync("r1"), idempotencyKey = "k1" };
        var first = await _bob.SucceedAsync("ROOM_JOIN_RESPONSE", accept);

        (await _bob.SucceedAsync("ROOM_JOIN_RESPONSE", accept)).Body().Should().Be(first.Body());
    }

    private static object Use(string way, string code) =>
        way == Accept ? new { type = "ROOM_INVITE_ACCEPT", code } : new { type = "ROOM_JOIN", roomId = "r1", code };

    private Task<System.Text.Json.JsonElement> SetPolicyAsync(string joinPolicy) =>
        _owner.SucceedAsync("ROOM_UPDATED", new { type = "ROOM_UPDATE_META", roomId = "r1", patch = new { joinPolicy } });
}
