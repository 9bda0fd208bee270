using FluentAssertions;
using NUnit.Framework;
using RoomWs.Tests.Support;

namespace RoomWs.Tests.Features.Members;

[CommandSample("""{"type":"ROOM_REMOVE_MEMBER","roomId":"$room","userId":"$user"}""")]
internal sealed class RemoveRoomMemberTests : EndToEndTest
{
    [Test]
    public async Task The_rest_learns_who_is_gone_and_the_removed_user_sees_itself_gone()
    {
        var alice = await ConnectAsync("alice");
        var aliceElsewhere = await ConnectAsync("alice");
        var bob = await TestClient.ConnectAsync(Server, "bob", "Bob B.");
        var carol = await ConnectAsync("carol");
        var outsider = await ConnectAsync("mallory");
        await alice.CreateRoomAsync("r1", members: ["bob", "carol"]);
        foreach (var member in new[] { aliceElsewhere, bob, carol }) await member.ExpectAsync("ROOM_MEMBERS_UPDATED");

        var reply = await alice.SucceedAsync("ROOM_MEMBERS_UPDATED", Remove("bob"));

        reply.Roster().Should().Be("alice=OWNER carol=MEMBER");
        reply.Version().Should().Be(2);
        foreach (var told in new[] { aliceElsewhere, carol })
        {
            var left = await told.ExpectAsync("ROOM_MEMBER_LEFT");
            left.Text("userId").Should().Be("bob");
            left.Text("username").Should().Be("Bob B.");
            left.Text("reason").Should().Be("REMOVED");
            left.Text("roomId").Should().Be("r1");
            (await told.ExpectAsync("ROOM_MEMBERS_UPDATED")).Body().Should().Be(reply.Body());
        }

        (await bob.ExpectAsync("ROOM_MEMBERS_UPDATED")).Body().Should().Be(reply.Body());
        await RoomSteps.ExpectNothingAsync(alice, aliceElsewhere, bob, carol, outsider);
    }

    [Test]
    public async Task A_removed_user_hears_nothing_more_of_the_room()
    {
        var alice = await ConnectAsync("alice");
        var bob = await ConnectAsync("bob");
        await alice.CreateRoomAsync("r1", members: ["bob"]);
        await alice.SucceedAsync("ROOM_MEMBERS_UPDATED", Remove("bob"));
        await bob.ExpectAsync("ROOM_MEMBERS_UPDATED");
        await bob.ExpectAsync("ROOM_MEMBERS_UPDATED");

        await alice.SucceedAsync("ROOM_UPDATED", new { type = "ROOM_UPDATE_META", roomId = "r1", patch = new { name = "without bob" } });

        await bob.ExpectNothingAsync();
        (await bob.SucceedAsync("ROOM_LIST_RESPONSE", new { type = "ROOM_LIST" })).Number("count").Should().Be(0);
    }

    [Test]
    public async Task Oneself_is_refused_and_told_the_way_out()
    {
        var alice = await ConnectAsync("alice");
        await alice.CreateRoomAsync("r1", members: ["bob"]);

        (await alice.BeRefusedAsync("VALIDATION_ERROR", Remove("alice"))).Message().Should().Contain("ROOM_LEAVE");
    }

    [Test]
    public async Task No_member_cannot_be_removed_twice()
    {
        var alice = await ConnectAsync("alice");
        await alice.CreateRoomAsync("r1", members: ["bob"]);

        await alice.BeRefusedAsync("NOT_FOUND", Remove("carol"));
        await alice.SucceedAsync("ROOM_MEMBERS_UPDATED", Remove("bob"));
        await alice.BeRefusedAsync("NOT_FOUND", Remove("bob"));

        (await alice.RoomAsync("r1")).Version().Should().Be(2);
    }

    [Test]
    public async Task Who_comes_back_after_removal_stands_last_and_is_a_member()
    {
        var alice = await ConnectAsync("alice");
        await alice.CreateRoomAsync("r1", members: ["carol"], admins: ["bob"]);
        await alice.SucceedAsync("ROOM_MEMBERS_UPDATED", Remove("bob"));

        var reply = await alice.SucceedAsync("ROOM_MEMBERS_UPDATED", new { type = "ROOM_ADD_MEMBERS", roomId = "r1", userIds = new[] { "bob" } });

        reply.Roster().Should().Be("alice=OWNER carol=MEMBER bob=MEMBER");
    }

    [Test]
    public async Task Stale_version_is_refused_and_nobody_is_notified()
    {
        var alice = await ConnectAsync("alice");
        var bob = await ConnectAsync("bob");
        await alice.CreateRoomAsync("r1", members: ["bob"]);
        await bob.ExpectAsync("ROOM_MEMBERS_UPDATED");

        (await alice.BeRefusedAsync("CONFLICT", new { type = "ROOM_REMOVE_MEMBER", roomId = "r1", userId = "bob", ifVersion = 7 })).Version().Should().Be(1);

        await RoomSteps.ExpectNothingAsync(alice, bob);
        (await bob.RoomAsync("r1")).Roster().Should().Be("alice=OWNER bob=MEMBER");
    }

    private static object Remove(string userId) => new { type = "ROOM_REMOVE_MEMBER", roomId = "r1", userId };
}
