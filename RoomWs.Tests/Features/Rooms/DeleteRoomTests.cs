using FluentAssertions;
using NUnit.Framework;
using RoomWs.Tests.Support;

namespace RoomWs.Tests.Features.Rooms;

[CommandSample("""{"type":"ROOM_DELETE","roomId":"$room"}""")]
internal sealed class DeleteRoomTests : EndToEndTest
{
    [Test]
    public async Task All_former_members_are_told_and_the_room_is_gone()
    {
        var alice = await ConnectAsync("alice");
        var aliceElsewhere = await ConnectAsync("alice");
        var bob = await ConnectAsync("bob");
        var outsider = await ConnectAsync("mallory");
        await alice.CreateRoomAsync("r1", members: ["bob"]);
        await aliceElsewhere.ExpectAsync("ROOM_MEMBERS_UPDATED");
        await bob.ExpectAsync("ROOM_MEMBERS_UPDATED");

        var reply = await alice.SucceedAsync("ROOM_DELETED", new { type = "ROOM_DELETE", roomId = "r1", ifVersion = 1 });

        reply.Text("roomId").Should().Be("r1");
        (await aliceElsewhere.ExpectAsync("ROOM_DELETED")).Body().Should().Be(reply.Body());
        (await bob.ExpectAsync("ROOM_DELETED")).Body().Should().Be(reply.Body());
        await RoomSteps.ExpectNothingAsync(alice, aliceElsewhere, bob, outsider);
        await bob.BeRefusedAsync("NOT_FOUND", new { type = "ROOM_INFO", roomId = "r1" });
        await alice.BeRefusedAsync("NOT_FOUND", new { type = "ROOM_DELETE", roomId = "r1" });
        (await bob.SucceedAsync("ROOM_LIST_RESPONSE", new { type = "ROOM_LIST" })).Number("count").Should().Be(0);
    }

    [TestCase("bob")]
    [TestCase("carol")]
    [TestCase("mallory")]
    public async Task Only_the_owner_may_and_on_refusal_nobody_is_told(string userId)
    {
        var alice = await ConnectAsync("alice");
        await alice.CreateRoomAsync("r1", members: ["carol"], admins: ["bob"]);
        var other = await ConnectAsync(userId);

        await other.BeRefusedAsync("FORBIDDEN", new { type = "ROOM_DELETE", roomId = "r1" });

        await RoomSteps.ExpectNothingAsync(alice, other);
        (await alice.RoomAsync("r1")).Version().Should().Be(2);
    }

    [Test]
    public async Task Stale_version_is_refused_and_the_room_stays()
    {
        var alice = await ConnectAsync("alice");
        var bob = await ConnectAsync("bob");
        await alice.CreateRoomAsync("r1", admins: ["bob"]);
        await bob.ExpectAsync("ROOM_MEMBERS_UPDATED");
        await bob.ExpectAsync("ROOM_MEMBERS_UPDATED");

        (await alice.BeRefusedAsync("CONFLICT", new { type = "ROOM_DELETE", roomId = "r1", ifVersion = 1 })).Version().Should().Be(2);

        await RoomSteps.ExpectNothingAsync(alice, bob);
        (await bob.RoomAsync("r1")).Version().Should().Be(2);
    }

    [Test]
    public async Task A_deleted_room_stays_gone_after_a_restart()
    {
        var alice = await ConnectAsync("alice");
        await alice.CreateRoomAsync("r1", members: ["bob"]);
        await alice.CreateRoomAsync("r2");
        await alice.SucceedAsync("ROOM_DELETED", new { type = "ROOM_DELETE", roomId = "r1" });

        await Server.RestartAsync();

        alice = await ConnectAsync("alice");
        await alice.BeRefusedAsync("NOT_FOUND", new { type = "ROOM_INFO", roomId = "r1" });
        (await alice.RoomAsync("r2")).Roster().Should().Be("alice=OWNER");
    }
}
