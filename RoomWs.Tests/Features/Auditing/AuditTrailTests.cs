using FluentAssertions;
using NUnit.Framework;
using RoomWs.Tests.Support;

namespace RoomWs.Tests.Features.Auditing;

/// <summary>What leaves an entry on the trail, and what it says.</summary>
internal sealed class AuditTrailTests : EndToEndTest
{
    private TestClient _owner = null!;

    [SetUp]
    public async Task ConnectAsync() => _owner = await ConnectAsync("owner");

    [Test]
    public async Task Each_change_of_a_room_and_its_members_is_one_entry()
    {
        await _owner.CreateRoomAsync("r1", members: ["bob"], admins: ["admin"]);
        var admin = await ConnectAsync("admin");
        await admin.SucceedAsync("ROOM_UPDATED", Patch(new { name = "a secret name", slug = "secret-slug" }));
        await admin.SucceedAsync("ROOM_MEMBERS_UPDATED", new { type = "ROOM_ADD_MEMBERS", roomId = "r1", userIds = new[] { "bob", "carol", "dave" } });
        await admin.SucceedAsync("ROOM_MEMBERS_UPDATED", new { type = "ROOM_REMOVE_MEMBER", roomId = "r1", userId = "dave" });
        await _owner.SetRoleAsync("r1", "bob", "OWNER");
        var bob = await ConnectAsync("bob");
        await bob.SucceedAsync("ROOM_LEAVE_RESPONSE", new { type = "ROOM_LEAVE", roomId = "r1" });
        await _owner.SucceedAsync("ROOM_LEAVE_RESPONSE", new { type = "ROOM_LEAVE", roomId = "r1" });

        (await admin.TrailAsync("r1")).Should().Equal(
            "owner ROOM_CREATE v1 [bob,admin]",
            "owner ROOM_SET_ROLE v2 [admin] ADMIN",
            "admin ROOM_UPDATE_META v3 [] name,slug",
            "admin ROOM_ADD_MEMBERS v4 [carol,dave]",
            "admin ROOM_REMOVE_MEMBER v5 [dave]",
            "owner ROOM_SET_ROLE v6 [bob] OWNER",
            "bob ROOM_LEAVE v7 [admin] OWNER",
            "owner ROOM_LEAVE v8 []");
    }

    [Test]
    public async Task Each_step_of_a_join_request_is_one_entry()
    {
        await _owner.CreateRoomAsync("r1", "APPROVAL");
        var requests = new List<string>();
        foreach (var user in new[] { "ann", "ben", "cem" }) requests.Add(await (await ConnectAsync(user)).AskAsync("r1"));
        await _owner.ApproveAsync("r1", "ann");
        await _owner.SucceedAsync("ROOM_JOIN_DENIED", new { type = "ROOM_JOIN_DENY", roomId = "r1", userId = "ben" });
        await (await ConnectAsync("cem")).SucceedAsync("ROOM_JOIN_CANCELLED", new { type = "ROOM_JOIN_CANCEL", roomId = "r1" });
        await _owner.SucceedAsync("ROOM_UPDATED", Patch(new { joinPolicy = "OPEN" }));
        await (await ConnectAsync("dan")).SucceedAsync("ROOM_JOIN_RESPONSE", new { type = "ROOM_JOIN", roomId = "r1" });

        (await _owner.TrailAsync("r1")).Should().Equal(
            "owner ROOM_CREATE v1 []",
            "ann ROOM_JOIN v1 [] " + requests[0],
            "ben ROOM_JOIN v1 [] " + requests[1],
            "cem ROOM_JOIN v1 [] " + requests[2],
            "owner ROOM_JOIN_APPROVE v2 [ann]",
            "owner ROOM_JOIN_DENY v2 [ben]",
            "cem ROOM_JOIN_CANCEL v2 []",
            "owner ROOM_UPDATE_META v3 [] joinPolicy",
            "dan ROOM_JOIN v4 []");
    }

    [Test]
    public async Task Each_step_of_an_invite_is_one_entry_and_none_holds_the_code()
    {
        await _owner.CreateRoomAsync("r1", "APPROVAL");
        var invites = new[] { await _owner.InviteAsync("r1"), await _owner.InviteAsync("r1"), await _owner.InviteAsync("r1") };
        await (await ConnectAsync("ann")).AcceptAsync(invites[0].Text("code"));
        await (await ConnectAsync("ben")).SucceedAsync("ROOM_JOIN_RESPONSE", new { type = "ROOM_JOIN", roomId = "r1", code = invites[1].Text("code") });
        await _owner.SucceedAsync("ROOM_INVITE_REVOKED", new { type = "ROOM_INVITE_REVOKE", roomId = "r1", inviteId = invites[2].Text("inviteId") });

        var ids = invites.Select(invite => invite.Text("inviteId")).ToArray();
        (await _owner.TrailAsync("r1")).Should().Equal(
            "owner ROOM_CREATE v1 []",
            "owner ROOM_INVITE_CREATE v1 [] " + ids[0],
            "owner ROOM_INVITE_CREATE v1 [] " + ids[1],
            "owner ROOM_INVITE_CREATE v1 [] " + ids[2],
            "ann ROOM_INVITE_ACCEPT v2 [] " + ids[0],
            "ben ROOM_JOIN v3 [] " + ids[1],
            "owner ROOM_INVITE_REVOKE v3 [] " + ids[2]);
    }

    [Test]
    public async Task Each_change_of_a_board_is_one_entry_and_what_is_said_and_drawn_is_none()
    {
        await _owner.CreateRoomAsync("r1");
        await _owner.SucceedAsync("ROOM_BOARD_CREATED", new { type = "ROOM_BOARD_CREATE", roomId = "r1", boardId = "b1" });
        await _owner.SucceedAsync("ROOM_UPDATED", new { type = "ROOM_BOARD_ACTIVATE", roomId = "r1", boardId = "b1" });
        await _owner.SucceedAsync("ROOM_BOARD_UPDATE_RESPONSE", new { type = "ROOM_BOARD_UPDATE", roomId = "r1", boardId = "b1", payload = "a line" });
        await _owner.SucceedAsync("ROOM_MESSAGE_RESPONSE", new { type = "ROOM_MESSAGE", roomId = "r1", content = "a word" });
        await _owner.SucceedAsync("ROOM_BOARD_SNAPSHOT_RESPONSE", new { type = "ROOM_BOARD_SNAPSHOT", roomId = "r1", boardId = "b1", seq = 1, payload = "the line" });
        await _owner.SucceedAsync("ROOM_UPDATED", new { type = "ROOM_BOARD_ACTIVATE", roomId = "r1", boardId = (string?)null });
        await _owner.SucceedAsync("ROOM_BOARD_DELETED", new { type = "ROOM_BOARD_DELETE", roomId = "r1", boardId = "b1" });

        (await _owner.TrailAsync("r1")).Should().Equal(
            "owner ROOM_CREATE v1 []",
            "owner ROOM_BOARD_CREATE v1 [] b1",
            "owner ROOM_BOARD_ACTIVATE v2 [] b1",
            "owner ROOM_BOARD_SNAPSHOT v2 [] b1",
            "owner ROOM_BOARD_ACTIVATE v3 []",
            "owner ROOM_BOARD_DELETE v3 [] b1");
    }

    [Test]
    public async Task What_changes_nothing_leaves_no_entry()
    {
        await _owner.CreateRoomAsync("r1", members: ["bob"]);
        var bob = await ConnectAsync("bob");
        var rename = new { type = "ROOM_UPDATE_META", roomId = "r1", patch = new { name = "x" }, idempotencyKey = "k1" };
        await _owner.SucceedAsync("ROOM_UPDATED", rename);

        await _owner.SucceedAsync("ROOM_UPDATED", rename);
        await bob.BeRefusedAsync("FORBIDDEN", Patch(new { name = "y" }));
        await _owner.BeRefusedAsync("CREATE_FAILED", new { type = "ROOM_CREATE", roomId = "r1" });
        await _owner.BeRefusedAsync("CONFLICT", new { type = "ROOM_DELETE", roomId = "r1", ifVersion = 9 });
        await _owner.BeRefusedAsync("NOT_FOUND", new { type = "ROOM_INVITE_REVOKE", roomId = "r1", inviteId = "none" });
        await _owner.SucceedAsync("ROOM_MEMBERS_UPDATED", new { type = "ROOM_ADD_MEMBERS", roomId = "r1", userIds = new[] { "bob" } });
        await _owner.SetRoleAsync("r1", "bob", "MEMBER");
        await bob.SucceedAsync("ROOM_JOIN_RESPONSE", new { type = "ROOM_JOIN", roomId = "r1" });

        (await _owner.TrailAsync("r1")).Should().Equal("owner ROOM_CREATE v1 [bob]", "owner ROOM_UPDATE_META v2 [] name");
    }

    [Test]
    public async Task A_change_that_cannot_be_put_on_the_trail_does_not_happen()
    {
        Server.ExpectsFaults = true;
        await _owner.CreateRoomAsync("r1");
        Server.Database.Refuse("audit", "NEW.action = 'ROOM_UPDATE_META'");

        await _owner.BeRefusedAsync("INTERNAL_ERROR", Patch(new { name = "x" }));

        (await _owner.RoomAsync("r1")).Meta().Text("name").Should().Be("r1");
        (await _owner.TrailAsync("r1")).Should().Equal("owner ROOM_CREATE v1 []");
    }

    [Test]
    public async Task A_change_that_is_undone_takes_its_entry_with_it()
    {
        Server.ExpectsFaults = true;
        await _owner.CreateRoomAsync("r1");
        Server.Database.Refuse("idempotency", "NEW.key = 'k1'");

        await _owner.BeRefusedAsync("INTERNAL_ERROR", new { type = "ROOM_UPDATE_META", roomId = "r1", patch = new { name = "x" }, idempotencyKey = "k1" });
        await _owner.SucceedAsync("ROOM_UPDATED", Patch(new { slug = "abc" }));

        Server.RowsInFile("r1").Should().Equal("owner ROOM_CREATE 1", "owner ROOM_UPDATE_META 2 slug");
        (await _owner.TrailAsync("r1")).Should().HaveCount(2);
    }

    private static object Patch(object patch) => new { type = "ROOM_UPDATE_META", roomId = "r1", patch };
}
