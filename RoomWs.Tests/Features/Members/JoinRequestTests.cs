using FluentAssertions;
using NUnit.Framework;
using RoomWs.Tests.Support;

namespace RoomWs.Tests.Features.Members;

/// <summary>ROOM_JOIN in an APPROVAL room, and ROOM_JOIN_REQUESTS.</summary>
[CommandSample("""{"type":"ROOM_JOIN_CANCEL","roomId":"$room"}""")]
[CommandSample("""{"type":"ROOM_JOIN_REQUESTS","roomId":"$room"}""")]
internal sealed class JoinRequestTests : EndToEndTest
{
    private readonly ManualTimeProvider _time = new();

    private static readonly object Join = new { type = "ROOM_JOIN", roomId = "r1" };

    protected override TimeProvider Time => _time;

    [Test]
    public async Task Every_socket_of_owner_and_admins_learns_who_asks_and_nobody_else_does()
    {
        var owner = await ConnectAsync("owner");
        await owner.CreateRoomAsync("r1", "APPROVAL", members: ["member"], admins: ["admin"]);
        var ownerElsewhere = await ConnectAsync("owner");
        var admin = await ConnectAsync("admin");
        var member = await ConnectAsync("member");
        var bob = await TestClient.ConnectAsync(Server, "bob", "Bob B.");
        var bobElsewhere = await TestClient.ConnectAsync(Server, "bob", "Bob B.");
        var outsider = await ConnectAsync("mallory");
        // Who is still signing in is told of it then, too.
        await MembershipSteps.SettleAsync(ownerElsewhere, admin, member, bobElsewhere, outsider);

        var reply = await bob.SucceedAsync("ROOM_JOIN_PENDING", Join);

        reply.Text("roomId").Should().Be("r1");
        reply.Text("requestId").Should().NotBeEmpty();
        foreach (var told in new[] { owner, ownerElsewhere, admin })
        {
            var asked = await told.ExpectAsync("ROOM_JOIN_REQUESTED");
            asked.Text("roomId").Should().Be("r1");
            asked.Text("requestId").Should().Be(reply.Text("requestId"));
            asked.Text("userId").Should().Be("bob");
            asked.Text("username").Should().Be("Bob B.");
            asked.Number("at").Should().BePositive();
            asked.Has("correlationId").Should().BeFalse();
        }

        await RoomSteps.ExpectNothingAsync(owner, ownerElsewhere, admin, member, bob, bobElsewhere, outsider);
        var room = await owner.RoomAsync("r1");
        room.Version().Should().Be(2, "asking changes nothing of the room");
        room.Roster().Should().Be("owner=OWNER member=MEMBER admin=ADMIN");
        await bob.BeRefusedAsync("FORBIDDEN", new { type = "ROOM_INFO", roomId = "r1" });
    }

    [Test]
    public async Task Asking_again_gives_the_same_request_and_tells_nobody()
    {
        var owner = await ConnectAsync("owner");
        var bob = await ConnectAsync("bob");
        await owner.SucceedAsync("ROOM_CREATED", new { type = "ROOM_CREATE", roomId = "r1", slug = "lobby", joinPolicy = "APPROVAL" });
        var first = await bob.AskAsync("r1");
        await owner.ExpectAsync("ROOM_JOIN_REQUESTED");

        (await bob.AskAsync("r1")).Should().Be(first);
        (await (await ConnectAsync("bob")).AskAsync("r1")).Should().Be(first);
        (await bob.SucceedAsync("ROOM_JOIN_PENDING", new { type = "ROOM_JOIN", slug = "lobby" })).Text("requestId").Should().Be(first);

        await RoomSteps.ExpectNothingAsync(owner, bob);
        (await owner.RequestersAsync("r1")).Should().Equal("bob");
    }

    [Test]
    public async Task Each_user_and_each_room_has_a_request_of_its_own()
    {
        var owner = await ConnectAsync("owner");
        var bob = await ConnectAsync("bob");
        var carol = await ConnectAsync("carol");
        foreach (var roomId in new[] { "r1", "r2" }) await owner.CreateRoomAsync(roomId, "APPROVAL");

        string[] ids = [await carol.AskAsync("r1"), await bob.AskAsync("r1"), await bob.AskAsync("r2")];

        ids.Should().OnlyHaveUniqueItems();
        (await owner.RequestersAsync("r1")).Should().BeEquivalentTo("carol", "bob");
        (await owner.RequestersAsync("r2")).Should().Equal("bob");
        await owner.ApproveAsync("r1", "bob");
        (await owner.RequestersAsync("r2")).Should().Equal("bob");
    }

    [Test]
    public async Task The_list_holds_what_the_events_said_oldest_first()
    {
        var owner = await ConnectAsync("owner");
        var admin = await ConnectAsync("admin");
        await owner.CreateRoomAsync("r1", "APPROVAL", admins: ["admin"]);
        await MembershipSteps.SettleAsync(owner, admin);
        foreach (var user in new[] { "dora", "bob", "carol" })
        {
            _time.UtcNow += TimeSpan.FromMilliseconds(1);
            await (await TestClient.ConnectAsync(Server, user, user.ToUpperInvariant())).AskAsync("r1");
        }

        var events = await owner.TakeAllAsync();

        var reply = await admin.SucceedAsync("ROOM_JOIN_REQUESTS_RESPONSE", new { type = "ROOM_JOIN_REQUESTS", roomId = "r1" });

        var listed = reply.GetProperty("requests").EnumerateArray().Select(request => request.GetRawText());
        listed.Should().Equal(events.Select(asked =>
            $$"""{"requestId":"{{asked.Text("requestId")}}","userId":"{{asked.Text("userId")}}","username":"{{asked.Text("username")}}","at":{{asked.Number("at")}}}"""));
        events.Select(asked => asked.Text("username")).Should().Equal("DORA", "BOB", "CAROL");
    }

    [Test]
    public async Task A_room_without_requests_has_an_empty_list()
    {
        var owner = await ConnectAsync("owner");
        await owner.CreateRoomAsync("r1");

        (await owner.RequestersAsync("r1")).Should().BeEmpty();
    }

    [Test]
    public async Task A_member_joins_again_without_asking()
    {
        var owner = await ConnectAsync("owner");
        var bob = await ConnectAsync("bob");
        await owner.CreateRoomAsync("r1", "APPROVAL", members: ["bob"]);
        await bob.ExpectAsync("ROOM_MEMBERS_UPDATED");

        var reply = await bob.SucceedAsync("ROOM_JOIN_RESPONSE", Join);

        reply.GetProperty("alreadyMember").GetBoolean().Should().BeTrue();
        await RoomSteps.ExpectNothingAsync(owner, bob);
        (await owner.RequestersAsync("r1")).Should().BeEmpty();
    }

    [Test]
    public async Task Requests_outlive_a_restart()
    {
        var owner = await ConnectAsync("owner");
        await owner.CreateRoomAsync("r1", "APPROVAL");
        var requestId = await (await TestClient.ConnectAsync(Server, "bob", "Bob B.")).AskAsync("r1");
        var before = await owner.SucceedAsync("ROOM_JOIN_REQUESTS_RESPONSE", new { type = "ROOM_JOIN_REQUESTS", roomId = "r1" });

        await Server.RestartAsync();

        owner = await ConnectAsync("owner");
        (await owner.ExpectAsync("ROOM_JOIN_REQUESTED")).Text("requestId").Should().Be(requestId);
        (await owner.SucceedAsync("ROOM_JOIN_REQUESTS_RESPONSE", new { type = "ROOM_JOIN_REQUESTS", roomId = "r1" })).Body().Should().Be(before.Body());
        var bob = await ConnectAsync("bob");
        (await bob.AskAsync("r1")).Should().Be(requestId);
        await owner.ApproveAsync("r1", "bob");
        (await bob.RoomAsync("r1")).Roster().Should().Be("owner=OWNER bob=MEMBER");
    }

    [Test]
    public async Task A_request_survives_a_change_of_the_join_policy()
    {
        var owner = await ConnectAsync("owner");
        var bob = await ConnectAsync("bob");
        await owner.CreateRoomAsync("r1", "APPROVAL");
        await bob.AskAsync("r1");
        await owner.SucceedAsync("ROOM_UPDATED", new { type = "ROOM_UPDATE_META", roomId = "r1", patch = new { joinPolicy = "INVITE" } });

        await bob.BeToldAsync("FORBIDDEN", "Room is private. Invitation code required.", Join);
        (await owner.RequestersAsync("r1")).Should().Equal("bob");
        (await owner.ApproveAsync("r1", "bob")).Roster().Should().Be("owner=OWNER bob=MEMBER");
    }
}
