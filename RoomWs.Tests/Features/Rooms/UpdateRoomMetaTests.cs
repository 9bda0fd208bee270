using FluentAssertions;
using NUnit.Framework;
using RoomWs.Tests.Support;

namespace RoomWs.Tests.Features.Rooms;

[CommandSample("""{"type":"ROOM_UPDATE_META","roomId":"$room","patch":{"name":"Lobby"}}""")]
internal sealed class UpdateRoomMetaTests : EndToEndTest
{
    [Test]
    public async Task Every_other_socket_of_every_member_gets_what_the_requester_gets_as_its_reply()
    {
        var alice = await ConnectAsync("alice");
        var aliceElsewhere = await ConnectAsync("alice");
        var bob = await ConnectAsync("bob");
        var outsider = await ConnectAsync("mallory");
        await alice.CreateRoomAsync("r1", members: ["bob"]);
        await aliceElsewhere.ExpectAsync("ROOM_MEMBERS_UPDATED");
        await bob.ExpectAsync("ROOM_MEMBERS_UPDATED");

        var reply = await alice.SucceedAsync("ROOM_UPDATED", new { type = "ROOM_UPDATE_META", roomId = "r1", patch = new { name = "Lounge" }, ifVersion = 1 });

        reply.Text("roomId").Should().Be("r1");
        reply.Version().Should().Be(2);
        reply.GetProperty("patch").GetRawText().Should().Be("""{"name":"Lounge"}""");
        foreach (var told in new[] { aliceElsewhere, bob })
        {
            var update = await told.ExpectAsync("ROOM_UPDATED");
            update.Body().Should().Be(reply.Body());
            update.Has("correlationId").Should().BeFalse();
        }

        await RoomSteps.ExpectNothingAsync(alice, aliceElsewhere, bob, outsider);
        var room = await bob.RoomAsync("r1");
        room.Version().Should().Be(2);
        room.Meta().Text("name").Should().Be("Lounge");
        room.Number("updatedAt").Should().Be(reply.Number("updatedAt"));
    }

    [Test]
    public async Task An_admins_change_reaches_the_owner()
    {
        var alice = await ConnectAsync("alice");
        var bob = await ConnectAsync("bob");
        await alice.CreateRoomAsync("r1", admins: ["bob"]);

        await bob.SucceedAsync("ROOM_UPDATED", new { type = "ROOM_UPDATE_META", roomId = "r1", patch = new { slug = "lobby" } });

        (await alice.ExpectAsync("ROOM_UPDATED")).Version().Should().Be(3);
        await alice.ExpectNothingAsync();
    }

    [Test]
    public async Task Null_clears_picture_and_slug_and_absent_fields_stay()
    {
        var alice = await ConnectAsync("alice");
        await alice.SucceedAsync("ROOM_CREATED", new { type = "ROOM_CREATE", roomId = "r1", name = "Lobby", slug = "lobby", thumbnailUrl = "https://example.com/a.png" });

        var reply = await alice.SucceedAsync("ROOM_UPDATED", new { type = "ROOM_UPDATE_META", roomId = "r1", patch = new { slug = (string?)null, thumbnailUrl = (string?)null } });

        reply.GetProperty("patch").IsNull("slug").Should().BeTrue();
        reply.GetProperty("patch").IsNull("thumbnailUrl").Should().BeTrue();
        var meta = (await alice.RoomAsync("r1")).Meta();
        meta.IsNull("slug").Should().BeTrue();
        meta.IsNull("thumbnailUrl").Should().BeTrue();
        meta.Text("name").Should().Be("Lobby");
        await alice.SucceedAsync("ROOM_CREATED", new { type = "ROOM_CREATE", roomId = "r2", slug = "lobby" });
    }

    [Test]
    public async Task Stale_version_is_refused_and_nobody_is_notified()
    {
        var alice = await ConnectAsync("alice");
        var bob = await ConnectAsync("bob");
        await alice.CreateRoomAsync("r1", admins: ["bob"]);
        await bob.ExpectAsync("ROOM_MEMBERS_UPDATED");
        await bob.ExpectAsync("ROOM_MEMBERS_UPDATED");

        foreach (var ifVersion in new[] { 1, 3, 0, -1 })
        {
            var error = await alice.BeRefusedAsync("CONFLICT", new { type = "ROOM_UPDATE_META", roomId = "r1", patch = new { name = "x" }, ifVersion });
            error.Version().Should().Be(2);
        }

        await RoomSteps.ExpectNothingAsync(alice, bob);
        (await alice.RoomAsync("r1")).Meta().Text("name").Should().Be("r1");
    }

    [Test]
    public async Task Of_two_changes_on_one_version_the_first_wins()
    {
        var alice = await ConnectAsync("alice");
        var bob = await ConnectAsync("bob");
        await alice.CreateRoomAsync("r1", admins: ["bob"]);

        var requests = new[] { alice, bob }.Select(client => client.RequestAsync(new { type = "ROOM_UPDATE_META", roomId = "r1", patch = new { name = "mine" }, ifVersion = 2 }));
        var replies = await Task.WhenAll(requests);

        replies.Select(reply => reply.Code() ?? reply.Type()).Should().BeEquivalentTo("ROOM_UPDATED", "CONFLICT");
        replies.Should().OnlyContain(reply => reply.Version() == 3);
    }

    [Test]
    public async Task A_taken_slug_is_a_conflict_and_ones_own_is_not()
    {
        var alice = await ConnectAsync("alice");
        await alice.SucceedAsync("ROOM_CREATED", new { type = "ROOM_CREATE", roomId = "r1", slug = "lobby" });
        await alice.CreateRoomAsync("r2");

        var error = await alice.BeRefusedAsync("CONFLICT", new { type = "ROOM_UPDATE_META", roomId = "r2", patch = new { name = "x", slug = "lobby" } });
        error.Has("version").Should().BeFalse();
        (await alice.RoomAsync("r2")).Version().Should().Be(1);

        await alice.SucceedAsync("ROOM_UPDATED", new { type = "ROOM_UPDATE_META", roomId = "r1", patch = new { slug = "lobby" } });
    }

    [TestCase("""{}""", "patch")]
    [TestCase("""{"activeBoardId":"b1","unknown":1}""", "patch")]
    [TestCase("""{"name":null}""", "patch.name")]
    [TestCase("""{"name":7}""", "patch.name")]
    [TestCase("""{"joinPolicy":null}""", "patch.joinPolicy")]
    [TestCase("""{"joinPolicy":"open"}""", "patch.joinPolicy")]
    [TestCase("""{"joinPolicy":1}""", "patch.joinPolicy")]
    [TestCase("""{"joinPolicy":"OPEN, INVITE"}""", "patch.joinPolicy")]
    [TestCase("""null""", "patch")]
    [TestCase("""[]""", "patch")]
    [TestCase("""{"name":"ok","slug":"NO"}""", "slug")]
    public async Task A_patch_that_does_not_fit_is_refused_by_name_and_changes_nothing(string patch, string field)
    {
        var alice = await ConnectAsync("alice");
        await alice.CreateRoomAsync("r1");

        await alice.SendAsync($$"""{"type":"ROOM_UPDATE_META","correlationId":"c1","roomId":"r1","patch":{{patch}}}""");

        var error = await alice.ReplyAsync("c1");
        error.Code().Should().Be("VALIDATION_ERROR");
        error.Message().Should().Contain(field);
        (await alice.RoomAsync("r1")).Version().Should().Be(1);
    }

    [Test]
    public async Task Join_policy_is_the_owners_alone_even_beside_other_fields()
    {
        var alice = await ConnectAsync("alice");
        var bob = await ConnectAsync("bob");
        await alice.CreateRoomAsync("r1", admins: ["bob"]);

        await bob.BeRefusedAsync("FORBIDDEN", new { type = "ROOM_UPDATE_META", roomId = "r1", patch = new { name = "x", joinPolicy = "OPEN" } });
        var reply = await alice.SucceedAsync("ROOM_UPDATED", new { type = "ROOM_UPDATE_META", roomId = "r1", patch = new { joinPolicy = "INVITE" } });

        reply.GetProperty("patch").GetRawText().Should().Be("""{"joinPolicy":"INVITE"}""");
        (await bob.RoomAsync("r1")).Meta().Text("joinPolicy").Should().Be("INVITE");
    }

    [Test]
    public async Task No_such_room_and_no_member_are_told_apart()
    {
        var alice = await ConnectAsync("alice");
        var mallory = await ConnectAsync("mallory");
        await alice.CreateRoomAsync("r1");

        await alice.BeRefusedAsync("NOT_FOUND", new { type = "ROOM_UPDATE_META", roomId = "r2", patch = new { name = "x" } });
        await mallory.BeRefusedAsync("FORBIDDEN", new { type = "ROOM_UPDATE_META", roomId = "r1", patch = new { name = "x" }, ifVersion = 99 });
        await alice.ExpectNothingAsync();
    }
}
