using FluentAssertions;
using NUnit.Framework;
using RoomWs.Server.Configuration;
using RoomWs.Tests.Support;

namespace RoomWs.Tests.Features.Members;

/// <summary>
/// What came from other systems - the server-membership RFC and the join-request flow - under the names that protocol.md gives it,
/// walked as their users would walk it.
/// </summary>
internal sealed class OtherSystemsTests : EndToEndTest
{
    [Test]
    public async Task A_private_server_of_the_rfc_is_invited_into_accepted_listed_handed_over_and_left()
    {
        var (alice, bob) = (await ConnectAsync("alice"), await TestClient.ConnectAsync(Server, "bob", "Bob B."));
        await alice.CreateRoomAsync("s1", "INVITE");

        // POST /servers/:id/join, POST /servers/:id/invites, POST /invites/accept
        await bob.BeToldAsync("FORBIDDEN", "Room is private. Invitation code required.", new { type = "ROOM_JOIN", roomId = "s1" });
        await bob.AcceptAsync(await alice.CodeAsync("s1"));
        // server:member_joined
        (await alice.HearAsync("ROOM_MEMBER_JOINED")).Text("userId").Should().Be("bob");
        await alice.ExpectAsync("ROOM_MEMBERS_UPDATED");

        // GET /servers/:id/members
        await bob.UntilOnlineAsync("s1", "alice", "bob");
        var members = await bob.SucceedAsync("ROOM_CREATED", new { type = "ROOM_MEMBERS", roomId = "s1" });
        members.GetProperty("memberDetails").EnumerateArray()
            .Select(member => $"{member.Text("userId")} {member.Text("username")} {member.Text("role")} {member.GetProperty("online").GetBoolean()}")
            .Should().Equal("alice alice OWNER True", "bob Bob B. MEMBER True");

        // PUT /servers/:id/members/:userId with role 1
        (await alice.SetRoleAsync("s1", "bob", "OWNER")).Roster().Should().Be("alice=MEMBER bob=OWNER");
        await bob.ExpectAsync("ROOM_MEMBERS_UPDATED");

        // DELETE /servers/:id/leave, server:member_left
        await alice.SucceedAsync("ROOM_LEAVE_RESPONSE", new { type = "ROOM_LEAVE", roomId = "s1" });
        var left = await bob.ExpectAsync("ROOM_MEMBER_LEFT");
        left.Text("userId").Should().Be("alice");
        left.Text("reason").Should().Be("LEFT");
        (await bob.ExpectAsync("ROOM_MEMBERS_UPDATED")).Roster().Should().Be("bob=OWNER");
        await RoomSteps.ExpectNothingAsync(alice, bob);
    }

    [Test]
    public async Task A_public_server_of_the_rfc_is_joined_by_anyone()
    {
        var (alice, bob) = (await ConnectAsync("alice"), await ConnectAsync("bob"));
        await alice.CreateRoomAsync("s1", "OPEN");

        await bob.SucceedAsync("ROOM_JOIN_RESPONSE", new { type = "ROOM_JOIN", roomId = "s1" });

        (await alice.HearAsync("ROOM_MEMBER_JOINED")).Text("userId").Should().Be("bob");
    }

    [Test]
    public async Task The_rfcs_statuses_have_their_codes()
    {
        var (alice, bob, stranger) = (await ConnectAsync("alice"), await ConnectAsync("bob"), await TestClient.OpenAsync(Server));
        await alice.CreateRoomAsync("s1", "INVITE");
        var code = await alice.CodeAsync("s1");

        // 400, 401, 403, 404, 409
        await bob.BeRefusedAsync("VALIDATION_ERROR", new { type = "ROOM_INVITE_ACCEPT" });
        await stranger.BeRefusedAsync("UNAUTHORIZED", new { type = "ROOM_INVITE_ACCEPT", code });
        await bob.BeRefusedAsync("FORBIDDEN", new { type = "ROOM_MEMBERS", roomId = "s1" });
        await bob.BeRefusedAsync("NOT_FOUND", new { type = "ROOM_INVITE_ACCEPT", code = "wrong" });
        await alice.BeToldAsync("CONFLICT", "Already a member", new { type = "ROOM_INVITE_ACCEPT", code });
        await bob.AcceptAsync(code);
        await (await ConnectAsync("carol")).BeToldAsync("CONFLICT", "Invitation already used", new { type = "ROOM_INVITE_ACCEPT", code });
    }

    [TestCase("OPEN", true)]
    [TestCase("APPROVAL", false)]
    [TestCase("INVITE", true)]
    public async Task With_OwnerLeave_Forbid_an_owner_stays_as_in_the_rfc_be_it_the_last_member_or_not(string joinPolicy, bool isAlone)
    {
        await Server.RestartAsync(options => options.OwnerLeave = OwnerLeave.Forbid);
        var (alice, bob, carol) = (await ConnectAsync("alice"), await ConnectAsync("bob"), await ConnectAsync("carol"));
        await alice.CreateRoomAsync("s1", joinPolicy, members: isAlone ? [] : ["bob"]);
        if (joinPolicy == "APPROVAL") await carol.AskAsync("s1");
        await MembershipSteps.SettleAsync(alice, bob, carol);

        var error = await alice.BeRefusedAsync("FORBIDDEN", new { type = "ROOM_LEAVE", roomId = "s1" });

        error.Message().Should().Contain("transfer ownership or delete the room");
        await RoomSteps.ExpectNothingAsync(alice, bob, carol);
        (await alice.RoomAsync("s1")).Version().Should().Be(1);
        await alice.SucceedAsync("ROOM_DELETED", new { type = "ROOM_DELETE", roomId = "s1" });
        if (joinPolicy == "APPROVAL") await carol.ExpectAsync("ROOM_DELETED");
    }

    [Test]
    public async Task The_join_request_flow_has_its_four_events_and_disconnecting_ends_nothing()
    {
        var (alice, bob) = (await ConnectAsync("alice"), await ConnectAsync("bob"));
        await alice.CreateRoomAsync("s1", "APPROVAL");

        // join_request, join_pending, join_denied
        await bob.AskAsync("s1");
        await alice.ExpectAsync("ROOM_JOIN_REQUESTED");
        await alice.SucceedAsync("ROOM_JOIN_DENIED", new { type = "ROOM_JOIN_DENY", roomId = "s1", userId = "bob" });
        await bob.ExpectAsync("ROOM_JOIN_DENIED");

        // join_approved, user_joined
        await bob.AskAsync("s1");
        await alice.ExpectAsync("ROOM_JOIN_REQUESTED");
        await alice.ApproveAsync("s1", "bob");
        await bob.HearAsync("ROOM_JOIN_APPROVED", "ROOM_MEMBER_JOINED", "ROOM_MEMBERS_UPDATED");

        await bob.CloseAsync();
        (await alice.RoomAsync("s1")).Roster().Should().Be("alice=OWNER bob=MEMBER");

        // user_left by a deleted membership
        await alice.SucceedAsync("ROOM_MEMBERS_UPDATED", new { type = "ROOM_REMOVE_MEMBER", roomId = "s1", userId = "bob" });
        bob = await ConnectAsync("bob");
        await bob.BeRefusedAsync("FORBIDDEN", new { type = "ROOM_INFO", roomId = "s1" });
        await bob.AskAsync("s1");
    }
}
