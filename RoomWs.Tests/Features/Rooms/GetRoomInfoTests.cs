using FluentAssertions;
using NUnit.Framework;
using RoomWs.Tests.Support;

namespace RoomWs.Tests.Features.Rooms;

[CommandSample("""{"type":"ROOM_INFO","roomId":"$room"}""")]
internal sealed class GetRoomInfoTests : EndToEndTest
{
    [Test]
    public async Task A_member_gets_the_room_by_id_and_by_slug()
    {
        var alice = await ConnectAsync("alice");
        var bob = await ConnectAsync("bob");
        await alice.SucceedAsync("ROOM_CREATED", new { type = "ROOM_CREATE", roomId = "r1", slug = "lobby", memberIds = new[] { "bob" } });

        var byId = await bob.SucceedAsync("ROOM_CREATED", new { type = "ROOM_INFO", roomId = "r1" });
        var bySlug = await bob.SucceedAsync("ROOM_CREATED", new { type = "ROOM_INFO", slug = "lobby" });

        byId.Room().Roster().Should().Be("alice=OWNER bob=MEMBER");
        bySlug.Body().Should().Be(byId.Body());
        await alice.ExpectNothingAsync();
    }

    [Test]
    public async Task A_changed_slug_leads_to_the_room_and_the_old_one_nowhere()
    {
        var alice = await ConnectAsync("alice");
        await alice.SucceedAsync("ROOM_CREATED", new { type = "ROOM_CREATE", roomId = "r1", slug = "lobby" });
        await alice.SucceedAsync("ROOM_UPDATED", new { type = "ROOM_UPDATE_META", roomId = "r1", patch = new { slug = "lounge" } });

        await alice.BeRefusedAsync("NOT_FOUND", new { type = "ROOM_INFO", slug = "lobby" });
        (await alice.SucceedAsync("ROOM_CREATED", new { type = "ROOM_INFO", slug = "lounge" })).Room().Text("id").Should().Be("r1");
    }

    [Test]
    public async Task A_removed_member_sees_the_room_no_more()
    {
        var alice = await ConnectAsync("alice");
        var bob = await ConnectAsync("bob");
        await alice.CreateRoomAsync("r1", members: ["bob"]);
        await bob.RoomAsync("r1");

        await alice.SucceedAsync("ROOM_MEMBERS_UPDATED", new { type = "ROOM_REMOVE_MEMBER", roomId = "r1", userId = "bob" });

        await bob.BeRefusedAsync("FORBIDDEN", new { type = "ROOM_INFO", roomId = "r1" });
    }

    [Test]
    public async Task Refusals_say_what_is_wrong()
    {
        var alice = await ConnectAsync("alice");
        var mallory = await ConnectAsync("mallory");
        await alice.CreateRoomAsync("r1");

        await mallory.BeRefusedAsync("FORBIDDEN", new { type = "ROOM_INFO", roomId = "r1" });
        await alice.BeRefusedAsync("NOT_FOUND", new { type = "ROOM_INFO", roomId = "r2" });
        await alice.BeRefusedAsync("NOT_FOUND", new { type = "ROOM_INFO", slug = "nowhere" });
        (await alice.BeRefusedAsync("VALIDATION_ERROR", new { type = "ROOM_INFO" })).Message().Should().Contain("roomId").And.Contain("slug");
        await alice.BeRefusedAsync("VALIDATION_ERROR", new { type = "ROOM_INFO", roomId = "r1", slug = "lobby" });
        await alice.BeRefusedAsync("VALIDATION_ERROR", new { type = "ROOM_INFO", roomId = "r 1" });
        await alice.BeRefusedAsync("VALIDATION_ERROR", new { type = "ROOM_INFO", slug = "NO" });
    }

    [Test]
    public async Task A_room_reads_the_same_after_a_restart()
    {
        var alice = await ConnectAsync("alice");
        await alice.CreateRoomAsync("r1", members: ["zoe", "carol"], admins: ["bob"]);
        var before = await alice.RoomAsync("r1");

        await Server.RestartAsync();

        (await (await ConnectAsync("alice")).RoomAsync("r1")).GetRawText().Should().Be(before.GetRawText());
    }
}
