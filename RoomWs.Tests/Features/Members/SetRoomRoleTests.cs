using FluentAssertions;
using NUnit.Framework;
using RoomWs.Tests.Support;

namespace RoomWs.Tests.Features.Members;

[CommandSample("""{"type":"ROOM_SET_ROLE","roomId":"$room","userId":"$user","role":"ADMIN"}""")]
internal sealed class SetRoomRoleTests : EndToEndTest
{
    [Test]
    public async Task Everyone_in_the_room_is_told_of_a_new_admin()
    {
        var alice = await ConnectAsync("alice");
        var aliceElsewhere = await ConnectAsync("alice");
        var bob = await ConnectAsync("bob");
        var outsider = await ConnectAsync("mallory");
        await alice.CreateRoomAsync("r1", members: ["bob"]);
        await aliceElsewhere.ExpectAsync("ROOM_MEMBERS_UPDATED");
        await bob.ExpectAsync("ROOM_MEMBERS_UPDATED");

        var reply = await alice.SetRoleAsync("r1", "bob", "ADMIN");

        reply.Roster().Should().Be("alice=OWNER bob=ADMIN");
        reply.Version().Should().Be(2);
        (await aliceElsewhere.ExpectAsync("ROOM_MEMBERS_UPDATED")).Body().Should().Be(reply.Body());
        (await bob.ExpectAsync("ROOM_MEMBERS_UPDATED")).Body().Should().Be(reply.Body());
        await RoomSteps.ExpectNothingAsync(alice, aliceElsewhere, bob, outsider);
    }

    [TestCase("ADMIN")]
    [TestCase("MEMBER")]
    public async Task A_transfer_makes_the_old_owner_a_member_in_the_same_version(string before)
    {
        var alice = await ConnectAsync("alice");
        var bob = await ConnectAsync("bob");
        await alice.CreateRoomAsync("r1", members: ["bob", "carol"]);
        await alice.SetRoleAsync("r1", "bob", before);
        var version = (await alice.RoomAsync("r1")).Version();

        var reply = await alice.SetRoleAsync("r1", "bob", "OWNER");

        reply.Roster().Should().Be("alice=MEMBER bob=OWNER carol=MEMBER");
        reply.Version().Should().Be(version + 1);
        await alice.BeRefusedAsync("FORBIDDEN", new { type = "ROOM_DELETE", roomId = "r1" });
        await bob.SetRoleAsync("r1", "alice", "ADMIN");
        (await bob.RoomAsync("r1")).Roster().Should().Be("alice=ADMIN bob=OWNER carol=MEMBER");
    }

    [Test]
    public async Task The_same_role_again_gives_the_snapshot_and_nothing_else_happens()
    {
        var alice = await ConnectAsync("alice");
        var bob = await ConnectAsync("bob");
        await alice.CreateRoomAsync("r1", members: ["bob"]);
        await bob.ExpectAsync("ROOM_MEMBERS_UPDATED");

        (await alice.SetRoleAsync("r1", "bob", "MEMBER")).Version().Should().Be(1);

        await RoomSteps.ExpectNothingAsync(alice, bob);
    }

    [TestCase("OWNER")]
    [TestCase("ADMIN")]
    [TestCase("MEMBER")]
    public async Task The_owners_own_role_cannot_be_changed(string role)
    {
        var alice = await ConnectAsync("alice");
        await alice.CreateRoomAsync("r1", members: ["bob"]);

        await alice.BeRefusedAsync("FORBIDDEN", new { type = "ROOM_SET_ROLE", roomId = "r1", userId = "alice", role });

        (await alice.RoomAsync("r1")).Roster().Should().Be("alice=OWNER bob=MEMBER");
    }

    [TestCase("\"owner\"")]
    [TestCase("\"GUEST\"")]
    [TestCase("\"\"")]
    [TestCase("\"Admin\"")]
    [TestCase("\"1\"")]
    [TestCase("\"ADMIN, MEMBER\"")]
    [TestCase("1")]
    [TestCase("99")]
    [TestCase("null")]
    public async Task A_role_that_there_is_not_is_refused_by_name(string role)
    {
        var alice = await ConnectAsync("alice");
        await alice.CreateRoomAsync("r1", members: ["bob"]);

        await alice.SendAsync($$"""{"type":"ROOM_SET_ROLE","correlationId":"c1","roomId":"r1","userId":"bob","role":{{role}}}""");

        var error = await alice.ReplyAsync("c1");
        error.Code().Should().Be("VALIDATION_ERROR");
        error.Message().Should().Contain("role").And.Contain("OWNER, ADMIN, MEMBER");
        (await alice.RoomAsync("r1")).Version().Should().Be(1);
    }

    [Test]
    public async Task No_member_gets_no_role()
    {
        var alice = await ConnectAsync("alice");
        await alice.CreateRoomAsync("r1");

        await alice.BeRefusedAsync("NOT_FOUND", new { type = "ROOM_SET_ROLE", roomId = "r1", userId = "bob", role = "OWNER" });

        (await alice.RoomAsync("r1")).Roster().Should().Be("alice=OWNER");
    }

    [Test]
    public async Task Stale_version_is_refused_and_nobody_is_notified()
    {
        var alice = await ConnectAsync("alice");
        var bob = await ConnectAsync("bob");
        await alice.CreateRoomAsync("r1", members: ["bob"]);
        await bob.ExpectAsync("ROOM_MEMBERS_UPDATED");

        (await alice.BeRefusedAsync("CONFLICT", new { type = "ROOM_SET_ROLE", roomId = "r1", userId = "bob", role = "OWNER", ifVersion = 2 })).Version().Should().Be(1);

        await RoomSteps.ExpectNothingAsync(alice, bob);
        (await bob.RoomAsync("r1")).Roster().Should().Be("alice=OWNER bob=MEMBER");
    }
}
