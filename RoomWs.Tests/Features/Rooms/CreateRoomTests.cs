using FluentAssertions;
using NUnit.Framework;
using RoomWs.Tests.Support;

namespace RoomWs.Tests.Features.Rooms;

[CommandSample("""{"type":"ROOM_CREATE","roomId":"$room","name":"Lobby","memberIds":["$user"]}""")]
internal sealed class CreateRoomTests : EndToEndTest
{
    [Test]
    public async Task The_creator_becomes_owner_and_gets_the_whole_room_at_version_1()
    {
        var alice = await ConnectAsync("alice");

        var reply = await alice.SucceedAsync("ROOM_CREATED", new
        {
            type = "ROOM_CREATE",
            roomId = "r1",
            name = "Lobby",
            thumbnailUrl = "https://example.com/a.png",
            slug = "the-lobby",
            joinPolicy = "APPROVAL",
            memberIds = new[] { "bob", "carol", "bob", "alice" },
        });

        var room = reply.Room();
        room.Text("id").Should().Be("r1");
        room.Version().Should().Be(1);
        room.Roster().Should().Be("alice=OWNER bob=MEMBER carol=MEMBER");
        room.Meta().Text("name").Should().Be("Lobby");
        room.Meta().Text("thumbnailUrl").Should().Be("https://example.com/a.png");
        room.Meta().Text("slug").Should().Be("the-lobby");
        room.Meta().Text("joinPolicy").Should().Be("APPROVAL");
        room.Meta().Text("createdBy").Should().Be("alice");
        room.Meta().IsNull("activeBoardId").Should().BeTrue();
        room.Meta().Number("createdAt").Should().Be(room.Number("updatedAt")).And.BePositive();
        reply.Has("memberDetails").Should().BeFalse();
        (await alice.RoomAsync("r1")).GetRawText().Should().Be(room.GetRawText());
    }

    [Test]
    public async Task Without_fields_the_server_makes_a_sortable_id_and_names_the_room_after_it()
    {
        var alice = await ConnectAsync("alice");

        var first = (await alice.SucceedAsync("ROOM_CREATED", new { type = "ROOM_CREATE" })).Room();
        var second = (await alice.SucceedAsync("ROOM_CREATED", new { type = "ROOM_CREATE" })).Room();

        first.Text("id").Should().MatchRegex("^room_[0-9A-Z]{26}$").And.NotBe(second.Text("id"));
        string.CompareOrdinal(first.Text("id")[..15], second.Text("id")[..15]).Should().BeLessThanOrEqualTo(0);
        first.Meta().Text("name").Should().Be(first.Text("id"));
        first.Meta().Text("joinPolicy").Should().Be("OPEN");
        first.Meta().IsNull("slug").Should().BeTrue();
        first.Meta().IsNull("thumbnailUrl").Should().BeTrue();
    }

    [Test]
    public async Task Added_members_and_the_creators_other_sockets_are_told_and_nobody_else()
    {
        var alice = await ConnectAsync("alice");
        var aliceElsewhere = await ConnectAsync("alice");
        var bob = await ConnectAsync("bob");
        var outsider = await ConnectAsync("mallory");

        await alice.SucceedAsync("ROOM_CREATED", new { type = "ROOM_CREATE", roomId = "r1", name = "Lobby", memberIds = new[] { "bob" } });

        foreach (var told in new[] { aliceElsewhere, bob })
        {
            var update = await told.ExpectAsync("ROOM_MEMBERS_UPDATED");
            update.Roster().Should().Be("alice=OWNER bob=MEMBER");
            update.Version().Should().Be(1);
            update.Text("name").Should().Be("Lobby");
            update.IsNull("thumbnailUrl").Should().BeTrue();
            update.Has("correlationId").Should().BeFalse();
        }

        await RoomSteps.ExpectNothingAsync(alice, aliceElsewhere, bob, outsider);
    }

    [Test]
    public async Task A_taken_id_is_refused_and_the_room_stays_as_it_is()
    {
        var alice = await ConnectAsync("alice");
        var bob = await ConnectAsync("bob");
        await alice.CreateRoomAsync("r1");

        await bob.BeRefusedAsync("CREATE_FAILED", new { type = "ROOM_CREATE", roomId = "r1", memberIds = new[] { "alice" } });

        await RoomSteps.ExpectNothingAsync(alice, bob);
        (await alice.RoomAsync("r1")).Roster().Should().Be("alice=OWNER");
    }

    [Test]
    public async Task A_taken_slug_is_a_conflict_and_no_room_is_made()
    {
        var alice = await ConnectAsync("alice");
        await alice.SucceedAsync("ROOM_CREATED", new { type = "ROOM_CREATE", roomId = "r1", slug = "lobby" });

        (await alice.BeRefusedAsync("CONFLICT", new { type = "ROOM_CREATE", roomId = "r2", slug = "lobby" })).Message().Should().Contain("slug");

        await alice.BeRefusedAsync("NOT_FOUND", new { type = "ROOM_INFO", roomId = "r2" });
    }

    [Test]
    public async Task A_room_may_have_as_many_members_as_the_limit_and_not_one_more()
    {
        await LimitAsync(limits => limits.MembersPerRoom = 3);
        var alice = await ConnectAsync("alice");

        await alice.BeRefusedAsync("CREATE_FAILED", new { type = "ROOM_CREATE", roomId = "r1", memberIds = new[] { "bob", "carol", "dave" } });
        await alice.SucceedAsync("ROOM_CREATED", new { type = "ROOM_CREATE", roomId = "r1", memberIds = new[] { "bob", "carol", "bob", "alice" } });
    }

    [Test]
    public async Task A_user_may_make_as_many_rooms_as_the_limit_until_one_is_deleted()
    {
        await LimitAsync(limits => limits.RoomsPerUser = 2);
        var alice = await ConnectAsync("alice");
        await alice.CreateRoomAsync("r1");
        await alice.CreateRoomAsync("r2");

        (await alice.BeRefusedAsync("CREATE_FAILED", new { type = "ROOM_CREATE", roomId = "r3" })).Message().Should().Contain("RoomsPerUser");

        await alice.SucceedAsync("ROOM_DELETED", new { type = "ROOM_DELETE", roomId = "r1" });
        await alice.CreateRoomAsync("r3");
    }

    [Test]
    public async Task The_server_may_have_as_many_rooms_as_the_limit_until_one_is_deleted()
    {
        await LimitAsync(limits => limits.Rooms = 1);
        var alice = await ConnectAsync("alice");
        await alice.CreateRoomAsync("r1");

        await alice.BeRefusedAsync("CREATE_FAILED", new { type = "ROOM_CREATE", roomId = "r2" });
        await alice.SucceedAsync("ROOM_DELETED", new { type = "ROOM_DELETE", roomId = "r1" });
        await alice.CreateRoomAsync("r2");
    }

    [Test]
    public async Task A_deleted_rooms_id_and_slug_can_be_used_anew()
    {
        var alice = await ConnectAsync("alice");
        var bob = await ConnectAsync("bob");
        await alice.SucceedAsync("ROOM_CREATED", new { type = "ROOM_CREATE", roomId = "r1", slug = "lobby" });
        await alice.SucceedAsync("ROOM_DELETED", new { type = "ROOM_DELETE", roomId = "r1" });

        var room = (await bob.SucceedAsync("ROOM_CREATED", new { type = "ROOM_CREATE", roomId = "r1", slug = "lobby" })).Room();

        room.Version().Should().Be(1);
        room.Roster().Should().Be("bob=OWNER");
    }
}
