using FluentAssertions;
using NUnit.Framework;
using RoomWs.Tests.Support;

namespace RoomWs.Tests.Features.RoomChanges;

/// <summary>Rooms that others put a user into never keep it out of those that it makes and joins, and the other way round.</summary>
internal sealed class AddedRoomsTests : EndToEndTest
{
    [Test]
    public async Task Whoever_is_put_into_rooms_by_others_can_still_make_and_join_as_many()
    {
        await LimitAsync(limits => (limits.RoomsPerUser, limits.AddedRoomsPerUser) = (5, 7));
        var (mallory, alice) = (await ConnectAsync("mallory"), await ConnectAsync("alice"));
        for (var i = 0; i < 5; i++) await mallory.CreateRoomAsync($"made{i}", members: ["alice"]);
        var eve = await ConnectAsync("eve");
        await eve.CreateRoomAsync("open");
        await eve.CreateRoomAsync("invite", "INVITE");
        await eve.CreateRoomAsync("approval", "APPROVAL");
        for (var i = 0; i < 2; i++) await eve.CreateRoomAsync($"other{i}", members: ["alice"]);
        var code = await eve.CodeAsync("invite");
        await MembershipSteps.SettleAsync(alice);

        await alice.CreateRoomAsync("a1");
        await alice.CreateRoomAsync("a2");
        await alice.SucceedAsync("ROOM_JOIN_RESPONSE", new { type = "ROOM_JOIN", roomId = "open" });
        await alice.AcceptAsync(code);
        await alice.AskAsync("approval");
        await eve.ApproveAsync("approval", "alice");

        // All five of her own are there now, by whatever door.
        await alice.BeRefusedAsync("CREATE_FAILED", new { type = "ROOM_CREATE", roomId = "a3" });
    }

    [Test]
    public async Task Whoever_has_all_its_own_rooms_can_still_be_added()
    {
        await LimitAsync(limits => limits.RoomsPerUser = 1);
        var (alice, bob) = (await ConnectAsync("alice"), await ConnectAsync("bob"));
        await alice.CreateRoomAsync("r1");

        await bob.CreateRoomAsync("r2", members: ["alice"]);
        await bob.SucceedAsync("ROOM_LEAVE_RESPONSE", new { type = "ROOM_LEAVE", roomId = "r2" });
        await bob.CreateRoomAsync("r3");
        await bob.SucceedAsync("ROOM_MEMBERS_UPDATED", new { type = "ROOM_ADD_MEMBERS", roomId = "r3", userIds = new[] { "carol", "alice" } });
    }

    [TestCase("ROOM_CREATE", "CREATE_FAILED")]
    [TestCase("ROOM_ADD_MEMBERS", "JOIN_FAILED")]
    public async Task Past_AddedRoomsPerUser_the_adder_learns_whom_it_is_about_and_no_number(string type, string code)
    {
        await LimitAsync(limits => limits.AddedRoomsPerUser = 3);
        var (mallory, bob) = (await ConnectAsync("mallory"), await ConnectAsync("bob"));
        for (var i = 0; i < 3; i++) await mallory.CreateRoomAsync($"r{i}", members: ["alice"]);
        await bob.CreateRoomAsync("own");

        object request = type == "ROOM_CREATE"
            ? new { type, roomId = "more", memberIds = new[] { "carol", "alice", "dave" } }
            : new { type, roomId = "own", userIds = new[] { "carol", "alice", "dave" } };
        var message = (await bob.BeRefusedAsync(code, request)).Message();

        message.Should().Contain("alice").And.Contain("AddedRoomsPerUser").And.NotMatchRegex("[0-9]");
        (await bob.RoomAsync("own")).Roster().Should().Be("bob=OWNER");
    }

    [Test]
    public async Task Whose_request_is_approved_over_its_own_limit_is_named_without_a_number()
    {
        await LimitAsync(limits => limits.RoomsPerUser = 1);
        var (alice, bob) = (await ConnectAsync("alice"), await ConnectAsync("bob"));
        await alice.CreateRoomAsync("r1", "APPROVAL");
        await bob.AskAsync("r1");
        await bob.CreateRoomAsync("r2");

        var refused = await alice.BeRefusedAsync("JOIN_FAILED", new { type = "ROOM_JOIN_APPROVE", roomId = "r1", userId = "bob" });

        refused.Message().Should().Contain("bob").And.Contain("RoomsPerUser").And.NotMatchRegex("[0-9]");
    }

    [Test]
    public async Task A_room_that_falls_to_an_added_member_still_counts_as_added()
    {
        await LimitAsync(limits => (limits.RoomsPerUser, limits.AddedRoomsPerUser) = (1, 2));
        var (alice, bob) = (await ConnectAsync("alice"), await ConnectAsync("bob"));
        await bob.CreateRoomAsync("r1", members: ["alice"]);
        await bob.SucceedAsync("ROOM_LEAVE_RESPONSE", new { type = "ROOM_LEAVE", roomId = "r1" });
        await bob.CreateRoomAsync("r2", members: ["alice"]);
        await bob.SetRoleAsync("r2", "alice", "OWNER");

        await alice.CreateRoomAsync("r3");

        await bob.SucceedAsync("ROOM_LEAVE_RESPONSE", new { type = "ROOM_LEAVE", roomId = "r2" });
        await bob.BeRefusedAsync("CREATE_FAILED", new { type = "ROOM_CREATE", roomId = "r4", memberIds = new[] { "alice" } });
    }

    [Test]
    public async Task Who_leaves_and_joins_again_counts_it_as_its_own()
    {
        await LimitAsync(limits => (limits.RoomsPerUser, limits.AddedRoomsPerUser) = (1, 1));
        var (alice, bob) = (await ConnectAsync("alice"), await ConnectAsync("bob"));
        await bob.CreateRoomAsync("r1", members: ["alice"]);
        await alice.ExpectAsync("ROOM_MEMBERS_UPDATED");
        await alice.SucceedAsync("ROOM_LEAVE_RESPONSE", new { type = "ROOM_LEAVE", roomId = "r1" });
        await alice.SucceedAsync("ROOM_JOIN_RESPONSE", new { type = "ROOM_JOIN", roomId = "r1" });

        await alice.BeRefusedAsync("CREATE_FAILED", new { type = "ROOM_CREATE", roomId = "r2" });
    }

    [Test]
    [FileOnly("The database is one of a version that knew no other.")]
    public async Task Members_of_an_older_database_count_as_having_joined_by_themselves()
    {
        var (alice, bob) = (await ConnectAsync("alice"), await ConnectAsync("bob"));
        await bob.CreateRoomAsync("r1", members: ["alice"]);
        await bob.CreateRoomAsync("r2", members: ["alice"]);
        await Server.RestartAsync(options =>
        {
            (options.Limits.RoomsPerUser, options.Limits.AddedRoomsPerUser) = (2, 1);
            using var file = SqlRows.Open(options.Database);
            file.Run("DROP INDEX members_by_origin; ALTER TABLE members DROP COLUMN was_added; DELETE FROM schema_migrations WHERE version = 8");
        });

        (alice, bob) = (await ConnectAsync("alice"), await ConnectAsync("bob"));
        await alice.BeRefusedAsync("CREATE_FAILED", new { type = "ROOM_CREATE", roomId = "r3" });
        await (await ConnectAsync("carol")).CreateRoomAsync("r4", members: ["alice"]);
        (await bob.RoomAsync("r1")).Roster().Should().Be("bob=OWNER alice=MEMBER");
    }

    [Test]
    public async Task Of_many_who_are_added_the_members_are_passed_over_in_one_look()
    {
        var alice = await ConnectAsync("alice");
        string[] first = [.. Enumerable.Range(0, 500).Select(i => $"user \"{i}\" é")];
        string[] all = [.. first, .. Enumerable.Range(500, 500).Select(i => $"user \"{i}\" é")];
        await alice.CreateRoomAsync("r1", members: first);

        var reply = await alice.SucceedAsync("ROOM_MEMBERS_UPDATED", new { type = "ROOM_ADD_MEMBERS", roomId = "r1", userIds = all });

        reply.Texts("members").Should().Equal(["alice", .. all]);
        reply.Version().Should().Be(2);
    }
}
