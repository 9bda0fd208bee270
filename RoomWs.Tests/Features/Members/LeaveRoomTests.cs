using FluentAssertions;
using NUnit.Framework;
using RoomWs.Server.Configuration;
using RoomWs.Tests.Support;

namespace RoomWs.Tests.Features.Members;

[CommandSample("""{"type":"ROOM_LEAVE","roomId":"$room"}""")]
internal sealed class LeaveRoomTests : EndToEndTest
{
    private static readonly object Leave = new { type = "ROOM_LEAVE", roomId = "r1" };

    [Test]
    public async Task The_others_learn_who_left_and_the_leavers_other_sockets_see_it_gone()
    {
        var alice = await ConnectAsync("alice");
        var bob = await TestClient.ConnectAsync(Server, "bob", "Bob B.");
        var bobElsewhere = await ConnectAsync("bob");
        var outsider = await ConnectAsync("mallory");
        await alice.CreateRoomAsync("r1", members: ["bob"]);
        await bob.ExpectAsync("ROOM_MEMBERS_UPDATED");
        await bobElsewhere.ExpectAsync("ROOM_MEMBERS_UPDATED");

        var reply = await bob.SucceedAsync("ROOM_LEAVE_RESPONSE", Leave);

        reply.GetProperty("success").GetBoolean().Should().BeTrue();
        reply.Text("roomId").Should().Be("r1");
        reply.Number("timestamp").Should().BePositive();
        var left = await alice.ExpectAsync("ROOM_MEMBER_LEFT");
        left.Text("userId").Should().Be("bob");
        left.Text("username").Should().Be("Bob B.");
        left.Text("reason").Should().Be("LEFT");
        foreach (var told in new[] { alice, bobElsewhere })
        {
            var update = await told.ExpectAsync("ROOM_MEMBERS_UPDATED");
            update.Roster().Should().Be("alice=OWNER");
            update.Version().Should().Be(2);
        }

        await RoomSteps.ExpectNothingAsync(alice, bob, bobElsewhere, outsider);
    }

    [Test]
    public async Task An_owners_room_goes_to_the_longest_standing_admin_in_the_same_version()
    {
        var alice = await ConnectAsync("alice");
        var bob = await ConnectAsync("bob");
        // dave became admin first, but carol has been in the room for longer.
        await alice.CreateRoomAsync("r1", members: ["bob", "carol", "dave"]);
        await alice.SetRoleAsync("r1", "dave", "ADMIN");
        await alice.SetRoleAsync("r1", "carol", "ADMIN");

        await alice.SucceedAsync("ROOM_LEAVE_RESPONSE", Leave);

        var room = await bob.RoomAsync("r1");
        room.Roster().Should().Be("bob=MEMBER carol=OWNER dave=ADMIN");
        room.Version().Should().Be(4);
    }

    [Test]
    public async Task Without_admins_it_goes_to_the_longest_standing_member_as_the_order_of_joining_has_it()
    {
        var alice = await ConnectAsync("alice");
        var carol = await ConnectAsync("carol");
        await alice.CreateRoomAsync("r1", members: ["bob", "carol"]);
        await alice.SucceedAsync("ROOM_MEMBERS_UPDATED", new { type = "ROOM_REMOVE_MEMBER", roomId = "r1", userId = "bob" });
        await alice.SucceedAsync("ROOM_MEMBERS_UPDATED", new { type = "ROOM_ADD_MEMBERS", roomId = "r1", userIds = new[] { "bob" } });

        await alice.SucceedAsync("ROOM_LEAVE_RESPONSE", Leave);

        (await carol.RoomAsync("r1")).Roster().Should().Be("carol=OWNER bob=MEMBER");
    }

    [Test]
    public async Task The_last_members_leave_ends_the_room()
    {
        var alice = await ConnectAsync("alice");
        var aliceElsewhere = await ConnectAsync("alice");
        await alice.SucceedAsync("ROOM_CREATED", new { type = "ROOM_CREATE", roomId = "r1", slug = "lobby" });
        await aliceElsewhere.ExpectAsync("ROOM_MEMBERS_UPDATED");

        await alice.SucceedAsync("ROOM_LEAVE_RESPONSE", Leave);

        (await aliceElsewhere.ExpectAsync("ROOM_DELETED")).Text("roomId").Should().Be("r1");
        await RoomSteps.ExpectNothingAsync(alice, aliceElsewhere);
        await alice.BeRefusedAsync("NOT_FOUND", new { type = "ROOM_INFO", roomId = "r1" });
        await alice.SucceedAsync("ROOM_CREATED", new { type = "ROOM_CREATE", roomId = "r2", slug = "lobby" });
    }

    [Test]
    public async Task Who_is_no_member_cannot_leave()
    {
        var alice = await ConnectAsync("alice");
        var mallory = await ConnectAsync("mallory");
        await alice.CreateRoomAsync("r1");

        await mallory.BeRefusedAsync("NOT_FOUND", Leave);
        await mallory.BeRefusedAsync("NOT_FOUND", new { type = "ROOM_LEAVE", roomId = "r2" });

        await RoomSteps.ExpectNothingAsync(alice, mallory);
    }

    [Test]
    public async Task With_OwnerLeave_Forbid_an_owner_stays_until_the_room_is_handed_over()
    {
        await Server.RestartAsync(options => options.OwnerLeave = OwnerLeave.Forbid);
        var alice = await ConnectAsync("alice");
        var bob = await ConnectAsync("bob");
        await alice.CreateRoomAsync("r1", members: ["bob"]);
        await bob.ExpectAsync("ROOM_MEMBERS_UPDATED");

        (await alice.BeRefusedAsync("FORBIDDEN", Leave)).Message().Should().Contain("transfer ownership or delete the room");

        await RoomSteps.ExpectNothingAsync(alice, bob);
        await alice.SetRoleAsync("r1", "bob", "OWNER");
        await alice.SucceedAsync("ROOM_LEAVE_RESPONSE", Leave);
        await bob.BeRefusedAsync("FORBIDDEN", Leave);
        (await bob.RoomAsync("r1")).Roster().Should().Be("bob=OWNER");
    }

    [Test]
    public async Task Of_all_members_leaving_at_once_the_last_takes_the_room_with_it()
    {
        var clients = await Task.WhenAll(Enumerable.Range(0, 8).Select(i => ConnectAsync($"u{i}")));
        await clients[0].CreateRoomAsync("r1", members: [.. Enumerable.Range(1, 7).Select(i => $"u{i}")]);

        var replies = await Task.WhenAll(clients.Select(client => client.RequestAsync(Leave)));

        replies.Should().OnlyContain(reply => reply.Type() == "ROOM_LEAVE_RESPONSE");
        await clients[0].CreateRoomAsync("r1");
    }
}
