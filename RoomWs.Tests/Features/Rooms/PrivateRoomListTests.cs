using FluentAssertions;
using NUnit.Framework;
using RoomWs.Server.Configuration;
using RoomWs.Tests.Support;

namespace RoomWs.Tests.Features.Rooms;

/// <summary>ROOM_LIST: INVITE rooms are hidden from all but their members and server admins, as they come and go.</summary>
internal sealed class PrivateRoomListTests : EndToEndTest
{
    private static readonly object All = new { type = "ROOM_LIST", includeAll = true };

    protected override void Configure(RoomWsOptions options) => (options.Dev, options.JwtSecret) = (false, Jwt.Secret);

    [Test]
    public async Task A_private_room_is_listed_for_members_and_server_admins_and_for_nobody_else()
    {
        var (alice, bob, root) = (await OpenAsync("alice"), await OpenAsync("bob"), await OpenAsync("root", admin: true));
        foreach (var joinPolicy in new[] { "APPROVAL", "INVITE", "OPEN" }) await alice.CreateRoomAsync(joinPolicy, joinPolicy);

        (await ListAsync(alice)).Should().Equal("APPROVAL=OWNER", "INVITE=OWNER", "OPEN=OWNER");
        (await ListAsync(bob)).Should().Equal("APPROVAL=", "OPEN=");
        (await ListAsync(root)).Should().Equal("APPROVAL=", "INVITE=", "OPEN=");

        await root.BeToldAsync("FORBIDDEN", "Room is private. Invitation code required.", new { type = "ROOM_JOIN", roomId = "INVITE" });
        foreach (var type in new[] { "ROOM_INVITE_CREATE", "ROOM_INVITE_LIST", "ROOM_JOIN_REQUESTS" }) await root.BeRefusedAsync("FORBIDDEN", new { type, roomId = "INVITE" });
    }

    [Test]
    public async Task A_room_appears_with_a_membership_or_another_policy_and_goes_again()
    {
        var (alice, bob) = (await OpenAsync("alice"), await OpenAsync("bob"));
        await alice.CreateRoomAsync("r1", "INVITE");
        var code = await alice.CodeAsync("r1");
        (await ListAsync(bob)).Should().BeEmpty("a code that is not used shows nothing");

        await bob.AcceptAsync(code);
        (await ListAsync(bob)).Should().Equal("r1=MEMBER");
        await bob.SucceedAsync("ROOM_LEAVE_RESPONSE", new { type = "ROOM_LEAVE", roomId = "r1" });
        (await ListAsync(bob)).Should().BeEmpty();

        foreach (var joinPolicy in new[] { "APPROVAL", "OPEN", "INVITE" })
        {
            await alice.SucceedAsync("ROOM_UPDATED", new { type = "ROOM_UPDATE_META", roomId = "r1", patch = new { joinPolicy } });
            (await ListAsync(bob)).Should().Equal(joinPolicy == "INVITE" ? [] : ["r1="]);
        }
    }

    [Test]
    public async Task A_pending_request_is_no_membership()
    {
        var (alice, bob) = (await OpenAsync("alice"), await OpenAsync("bob"));
        await alice.CreateRoomAsync("r1", "APPROVAL");
        await bob.AskAsync("r1");

        (await bob.SucceedAsync("ROOM_LIST_RESPONSE", new { type = "ROOM_LIST" })).Number("count").Should().Be(0);
        await alice.SucceedAsync("ROOM_UPDATED", new { type = "ROOM_UPDATE_META", roomId = "r1", patch = new { joinPolicy = "INVITE" } });
        (await ListAsync(bob)).Should().BeEmpty();
    }

    private Task<TestClient> OpenAsync(string sub, bool admin = false) => TestClient.OpenAsync(Server, "?token=" + Jwt.Hs256(new { sub, name = sub, admin }));

    /// <summary>The rooms with the caller's role in each, as all that it may know of are listed.</summary>
    private static async Task<string[]> ListAsync(TestClient client)
    {
        var reply = await client.SucceedAsync("ROOM_LIST_RESPONSE", All);
        return [.. reply.GetProperty("rooms").EnumerateArray().Select(row => $"{row.Text("id")}={row.Text("myRole")}")];
    }
}
