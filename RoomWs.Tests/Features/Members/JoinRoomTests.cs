using FluentAssertions;
using NUnit.Framework;
using RoomWs.Tests.Support;

namespace RoomWs.Tests.Features.Members;

[CommandSample("""{"type":"ROOM_JOIN","roomId":"$room"}""")]
internal sealed class JoinRoomTests : EndToEndTest
{
    private static readonly object Join = new { type = "ROOM_JOIN", roomId = "r1" };

    [Test]
    public async Task The_newcomer_gets_the_room_and_everyone_else_learns_who_came()
    {
        var alice = await ConnectAsync("alice");
        var bob = await TestClient.ConnectAsync(Server, "bob", "Bob B.");
        var bobElsewhere = await ConnectAsync("bob");
        var outsider = await ConnectAsync("mallory");
        await alice.SucceedAsync("ROOM_CREATED", new { type = "ROOM_CREATE", roomId = "r1", name = "Lobby" });

        var reply = await bob.SucceedAsync("ROOM_JOIN_RESPONSE", Join);

        reply.GetProperty("success").GetBoolean().Should().BeTrue();
        reply.GetProperty("alreadyMember").GetBoolean().Should().BeFalse();
        reply.Text("roomId").Should().Be("r1");
        reply.Texts("members").Should().Equal("alice", "bob");
        reply.Room().Roster().Should().Be("alice=OWNER bob=MEMBER");
        reply.Room().Version().Should().Be(2);
        var info = reply.GetProperty("roomInfo");
        info.Text("name").Should().Be("Lobby");
        info.Text("createdBy").Should().Be("alice");
        info.Number("memberCount").Should().Be(2);
        info.Version().Should().Be(2);
        foreach (var told in new[] { alice, bobElsewhere })
        {
            var joined = await told.ExpectAsync("ROOM_MEMBER_JOINED");
            joined.Text("userId").Should().Be("bob");
            joined.Text("username").Should().Be("Bob B.");
            joined.Text("role").Should().Be("MEMBER");
            joined.Number("joinedAt").Should().Be(info.Number("updatedAt"));
            var update = await told.ExpectAsync("ROOM_MEMBERS_UPDATED");
            update.Roster().Should().Be("alice=OWNER bob=MEMBER");
            update.Version().Should().Be(2);
        }

        await RoomSteps.ExpectNothingAsync(alice, bob, bobElsewhere, outsider);
    }

    [Test]
    public async Task A_slug_leads_in_too()
    {
        var alice = await ConnectAsync("alice");
        var bob = await ConnectAsync("bob");
        await alice.SucceedAsync("ROOM_CREATED", new { type = "ROOM_CREATE", roomId = "r1", slug = "lobby" });

        (await bob.SucceedAsync("ROOM_JOIN_RESPONSE", new { type = "ROOM_JOIN", slug = "lobby" })).Text("roomId").Should().Be("r1");
        await bob.BeRefusedAsync("NOT_FOUND", new { type = "ROOM_JOIN", slug = "nowhere" });
    }

    [TestCase("OPEN")]
    [TestCase("INVITE")]
    public async Task A_member_joins_again_without_anything_happening(string joinPolicy)
    {
        var alice = await ConnectAsync("alice");
        var bob = await ConnectAsync("bob");
        await alice.SucceedAsync("ROOM_CREATED", new { type = "ROOM_CREATE", roomId = "r1", joinPolicy, memberIds = new[] { "bob" } });
        await bob.ExpectAsync("ROOM_MEMBERS_UPDATED");

        var reply = await bob.SucceedAsync("ROOM_JOIN_RESPONSE", Join);

        reply.GetProperty("alreadyMember").GetBoolean().Should().BeTrue();
        reply.Room().Version().Should().Be(1);
        await RoomSteps.ExpectNothingAsync(alice, bob);
    }

    [Test]
    public async Task A_private_room_is_forbidden_without_a_code()
    {
        var alice = await ConnectAsync("alice");
        var bob = await ConnectAsync("bob");
        await alice.SucceedAsync("ROOM_CREATED", new { type = "ROOM_CREATE", roomId = "r1", joinPolicy = "INVITE" });

        (await bob.BeRefusedAsync("FORBIDDEN", Join)).Message().Should().Be("Room is private. Invitation code required.");

        await RoomSteps.ExpectNothingAsync(alice, bob);
        (await alice.RoomAsync("r1")).Version().Should().Be(1);
    }

    [Test]
    public async Task A_full_room_takes_nobody_until_someone_leaves()
    {
        await LimitAsync(limits => limits.MembersPerRoom = 2);
        var alice = await ConnectAsync("alice");
        var bob = await ConnectAsync("bob");
        await alice.CreateRoomAsync("r1", members: ["carol"]);

        await bob.BeRefusedAsync("JOIN_FAILED", Join);
        await RoomSteps.ExpectNothingAsync(alice, bob);

        await alice.SucceedAsync("ROOM_MEMBERS_UPDATED", new { type = "ROOM_REMOVE_MEMBER", roomId = "r1", userId = "carol" });
        await bob.SucceedAsync("ROOM_JOIN_RESPONSE", Join);
    }

    [Test]
    public async Task Of_many_who_want_the_last_place_one_gets_it()
    {
        await LimitAsync(limits => limits.MembersPerRoom = 2);
        var alice = await ConnectAsync("alice");
        await alice.CreateRoomAsync("r1");
        var others = await Task.WhenAll(Enumerable.Range(0, 10).Select(i => ConnectAsync($"u{i}")));

        var replies = await Task.WhenAll(others.Select(client => client.RequestAsync(Join)));

        replies.Count(reply => reply.Type() == "ROOM_JOIN_RESPONSE").Should().Be(1);
        replies.Count(reply => reply.Code() == "JOIN_FAILED").Should().Be(9);
        (await alice.RoomAsync("r1")).Texts("members").Should().HaveCount(2);
    }

    [Test]
    public async Task A_user_in_as_many_rooms_as_the_limit_gets_into_no_other()
    {
        await LimitAsync(limits => limits.RoomsPerUser = 1);
        var alice = await ConnectAsync("alice");
        var bob = await ConnectAsync("bob");
        await alice.CreateRoomAsync("r1");
        await bob.CreateRoomAsync("r2");

        await bob.BeRefusedAsync("JOIN_FAILED", Join);

        await bob.SucceedAsync("ROOM_LEAVE_RESPONSE", new { type = "ROOM_LEAVE", roomId = "r2" });
        await bob.SucceedAsync("ROOM_JOIN_RESPONSE", Join);
    }

    [Test]
    public async Task A_room_has_to_be_named_in_one_way()
    {
        var alice = await ConnectAsync("alice");

        await alice.BeRefusedAsync("NOT_FOUND", Join);
        await alice.BeRefusedAsync("VALIDATION_ERROR", new { type = "ROOM_JOIN" });
        await alice.BeRefusedAsync("VALIDATION_ERROR", new { type = "ROOM_JOIN", roomId = "r1", slug = "lobby" });
    }
}
