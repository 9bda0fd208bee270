using FluentAssertions;
using NUnit.Framework;
using RoomWs.Tests.Support;

namespace RoomWs.Tests.Features.Members;

[CommandSample("""{"type":"ROOM_MEMBERS","roomId":"$room"}""")]
internal sealed class GetRoomMembersTests : EndToEndTest
{
    [Test]
    public async Task Details_come_in_order_of_joining_with_name_role_and_presence()
    {
        var alice = await TestClient.ConnectAsync(Server, "alice", "Alice A.");
        var bob = await TestClient.ConnectAsync(Server, "bob", "Bob B.");
        await alice.CreateRoomAsync("r1", members: ["ghost"], admins: ["bob"]);
        await bob.UntilOnlineAsync("r1", "alice", "bob");

        var reply = await bob.SucceedAsync("ROOM_CREATED", new { type = "ROOM_MEMBERS", roomId = "r1" });

        var room = await alice.RoomAsync("r1");
        reply.Room().GetRawText().Should().Be(room.GetRawText());
        var at = room.Meta().Number("createdAt");
        reply.GetProperty("memberDetails").EnumerateArray().Select(detail => detail.GetRawText()).Should().Equal(
            $$"""{"userId":"alice","username":"Alice A.","thumbnailUrl":null,"role":"OWNER","joinedAt":{{at}},"online":true}""",
            $$"""{"userId":"ghost","username":"ghost","thumbnailUrl":null,"role":"MEMBER","joinedAt":{{at}},"online":false}""",
            $$"""{"userId":"bob","username":"Bob B.","thumbnailUrl":null,"role":"ADMIN","joinedAt":{{at}},"online":true}""");
    }

    [Test]
    public async Task A_member_is_offline_when_the_last_of_its_sockets_is_gone_and_keeps_its_name()
    {
        var alice = await ConnectAsync("alice");
        var bob = await TestClient.ConnectAsync(Server, "bob", "Bob B.");
        var bobElsewhere = await TestClient.ConnectAsync(Server, "bob", "Bob B.");
        await alice.CreateRoomAsync("r1", members: ["bob"]);
        await alice.UntilOnlineAsync("r1", "alice", "bob");

        await bob.CloseAsync();
        await OnlineAsync(alice, true);

        await bobElsewhere.CloseAsync();
        // The close frame is out before the server has taken the connection off its books.
        while (await IsOnlineAsync(alice))
        {
            await alice.ExpectNothingAsync();
        }

        var reply = await alice.SucceedAsync("ROOM_CREATED", new { type = "ROOM_MEMBERS", roomId = "r1" });
        reply.GetProperty("memberDetails")[1].Text("username").Should().Be("Bob B.");
        reply.Room().Roster().Should().Be("alice=OWNER bob=MEMBER");
    }

    [Test]
    public async Task Refusals_say_what_is_wrong_and_a_slug_leads_there_too()
    {
        var alice = await ConnectAsync("alice");
        var mallory = await ConnectAsync("mallory");
        await alice.SucceedAsync("ROOM_CREATED", new { type = "ROOM_CREATE", roomId = "r1", slug = "lobby" });

        (await alice.SucceedAsync("ROOM_CREATED", new { type = "ROOM_MEMBERS", slug = "lobby" })).Room().Text("id").Should().Be("r1");
        await mallory.BeRefusedAsync("FORBIDDEN", new { type = "ROOM_MEMBERS", roomId = "r1" });
        await mallory.BeRefusedAsync("FORBIDDEN", new { type = "ROOM_MEMBERS", slug = "lobby" });
        await alice.BeRefusedAsync("NOT_FOUND", new { type = "ROOM_MEMBERS", roomId = "r2" });
        await alice.BeRefusedAsync("NOT_FOUND", new { type = "ROOM_MEMBERS", slug = "nowhere" });
        await alice.BeRefusedAsync("VALIDATION_ERROR", new { type = "ROOM_MEMBERS" });
    }

    private static async Task OnlineAsync(TestClient alice, bool online) => (await IsOnlineAsync(alice)).Should().Be(online);

    private static async Task<bool> IsOnlineAsync(TestClient alice) =>
        (await alice.SucceedAsync("ROOM_CREATED", new { type = "ROOM_MEMBERS", roomId = "r1" })).GetProperty("memberDetails")[1].GetProperty("online").GetBoolean();
}
