using FluentAssertions;
using NUnit.Framework;
using RoomWs.Tests.Support;

namespace RoomWs.Tests.Features.Invites;

/// <summary>A code counts only while its maker could still make it, whichever door it is used at.</summary>
internal sealed class CodeOfMakerTests : EndToEndTest
{
    private readonly ManualTimeProvider _time = new();

    private TestClient _owner = null!;
    private TestClient _admin = null!;
    private TestClient _bob = null!;

    protected override TimeProvider Time => _time;

    private static IEnumerable<object[]> Ways =>
        from door in new[] { "accept", "join" }
        from end in new[] { "demoted", "left", "removed", "handed over" }
        select new object[] { door, end };

    [SetUp]
    public async Task CreateRoomAsync()
    {
        (_owner, _admin, _bob) = (await ConnectAsync("owner"), await ConnectAsync("admin"), await ConnectAsync("bob"));
        await _owner.CreateRoomAsync("r1", "INVITE", admins: ["admin"]);
    }

    [TestCaseSource(nameof(Ways))]
    public async Task A_code_is_unknown_while_its_maker_may_make_none_and_counts_again_with_the_role(string door, string end)
    {
        var code = await Maker(end).CodeAsync("r1");
        await EndAsync(end);

        await _bob.BeToldAsync("NOT_FOUND", "Invitation not found", Use(door, code));

        await RestoreAsync(end);
        await _bob.SucceedAsync("ROOM_JOIN_RESPONSE", Use(door, code));
    }

    [TestCase("accept")]
    [TestCase("join")]
    public async Task Whether_such_a_code_was_used_or_has_expired_is_not_told(string door)
    {
        string[] codes = [await _admin.CodeAsync("r1", 60), await _admin.CodeAsync("r1", 60)];
        await (await ConnectAsync("carol")).AcceptAsync(codes[0]);
        _time.UtcNow += TimeSpan.FromMinutes(1);
        await _owner.SetRoleAsync("r1", "admin", "MEMBER");

        foreach (var code in codes) await _bob.BeToldAsync("NOT_FOUND", "Invitation not found", Use(door, code));
    }

    [Test]
    public async Task A_maker_who_rises_keeps_its_codes_and_those_of_others_are_as_they_were()
    {
        string[] codes = [await _admin.CodeAsync("r1"), await _owner.CodeAsync("r1")];
        await _owner.SetRoleAsync("r1", "admin", "OWNER");

        await _bob.AcceptAsync(codes[0]);
        await (await ConnectAsync("carol")).BeToldAsync("NOT_FOUND", "Invitation not found", Use("accept", codes[1]));
    }

    [Test]
    public async Task A_retry_of_what_was_accepted_before_gives_its_first_reply()
    {
        var accept = new { type = "ROOM_INVITE_ACCEPT", code = await _admin.CodeAsync("r1"), idempotencyKey = "k1" };
        await _bob.SucceedAsync("ROOM_JOIN_RESPONSE", accept);
        await _owner.SetRoleAsync("r1", "admin", "MEMBER");

        await _bob.SucceedAsync("ROOM_JOIN_RESPONSE", accept);
    }

    [Test]
    public async Task The_list_shows_them_as_suspended_and_they_can_be_revoked()
    {
        var ofAdmin = await _admin.InviteAsync("r1");
        var used = await _admin.CodeAsync("r1");
        await _bob.AcceptAsync(used);
        await _owner.CodeAsync("r1");
        (await _owner.InvitesAsync("r1")).Should().OnlyContain(invite => !invite.Has("suspended"));

        await _owner.SetRoleAsync("r1", "admin", "MEMBER");
        var listed = (await _owner.InvitesAsync("r1")).Where(invite => invite.Has("suspended")).ToList();
        listed.Should().ContainSingle().Which.Text("inviteId").Should().Be(ofAdmin.Text("inviteId"));
        listed[0].GetProperty("suspended").GetBoolean().Should().BeTrue();

        await _owner.SucceedAsync("ROOM_INVITE_REVOKED", new { type = "ROOM_INVITE_REVOKE", roomId = "r1", inviteId = ofAdmin.Text("inviteId") });
        await _owner.SetRoleAsync("r1", "admin", "ADMIN");
        await (await ConnectAsync("carol")).BeToldAsync("NOT_FOUND", "Invitation not found", Use("accept", ofAdmin.Text("code")));
    }

    private static object Use(string door, string code) =>
        door == "accept" ? new { type = "ROOM_INVITE_ACCEPT", code } : new { type = "ROOM_JOIN", roomId = "r1", code };

    private TestClient Maker(string end) => end == "handed over" ? _owner : _admin;

    private Task<System.Text.Json.JsonElement> EndAsync(string end) => end switch
    {
        "demoted" => _owner.SetRoleAsync("r1", "admin", "MEMBER"),
        "left" => _admin.SucceedAsync("ROOM_LEAVE_RESPONSE", new { type = "ROOM_LEAVE", roomId = "r1" }),
        "removed" => _owner.SucceedAsync("ROOM_MEMBERS_UPDATED", new { type = "ROOM_REMOVE_MEMBER", roomId = "r1", userId = "admin" }),
        _ => _owner.SetRoleAsync("r1", "admin", "OWNER"),
    };

    private async Task RestoreAsync(string end)
    {
        if (end is "left" or "removed") await _owner.SucceedAsync("ROOM_MEMBERS_UPDATED", new { type = "ROOM_ADD_MEMBERS", roomId = "r1", userIds = new[] { "admin" } });
        if (end == "handed over") await _admin.SetRoleAsync("r1", "owner", "ADMIN");
        else await _owner.SetRoleAsync("r1", "admin", "ADMIN");
    }
}
