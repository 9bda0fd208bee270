using FluentAssertions;
using NUnit.Framework;
using RoomWs.Tests.Support;

namespace RoomWs.Tests.Fanout;

/// <summary>What a socket with the capability MEMBER_DELTAS is told, and what others are told beside it.</summary>
internal sealed class MemberDeltaCapabilityTests : EndToEndTest
{
    [Test]
    public async Task Known_capabilities_come_back_and_unknown_ones_are_ignored()
    {
        var alice = await ConnectAsync("alice");

        (await alice.HelloAsync("TELEPATHY", "MEMBER_DELTAS", "member_deltas", "MEMBER_DELTAS")).Should().Equal("MEMBER_DELTAS");
        (await (await ConnectAsync("bob")).HelloAsync("TELEPATHY")).Should().BeEmpty();
    }

    [Test]
    public async Task The_last_hello_that_names_capabilities_decides()
    {
        var (alice, bob) = await PairAsync();
        var hello = new { type = "HELLO", version = 1, userId = "bob" };

        (await bob.SucceedAsync("HELLO_ACK", hello)).Texts("capabilities").Should().Equal("MEMBER_DELTAS");
        await alice.SetRoleAsync("r1", "bob", "ADMIN");
        await bob.ExpectChangeAsync("1-2 bob:ADMIN");

        (await bob.SucceedAsync("HELLO_ACK", new { type = "HELLO", version = 1, userId = "bob", capabilities = Array.Empty<string>() })).Texts("capabilities").Should().BeEmpty();
        (await bob.SucceedAsync("HELLO_ACK", hello)).Texts("capabilities").Should().BeEmpty();
        await alice.SetRoleAsync("r1", "bob", "MEMBER");
        (await bob.ExpectAsync("ROOM_MEMBERS_UPDATED")).Version().Should().Be(3);
    }

    [Test]
    public async Task A_refused_hello_changes_no_capabilities()
    {
        var (alice, bob) = await PairAsync();

        await bob.BeRefusedAsync("VALIDATION_ERROR", new { type = "HELLO", version = 1, capabilities = Array.Empty<string>() });

        await alice.SetRoleAsync("r1", "bob", "ADMIN");
        await bob.ExpectChangeAsync("1-2 bob:ADMIN");
    }

    [Test]
    public async Task Added_members_get_the_whole_list_and_the_others_what_changed()
    {
        var (alice, bob) = await PairAsync();
        var carol = await Server.ConnectWithDeltasAsync("carol");

        await alice.SucceedAsync("ROOM_MEMBERS_UPDATED", new { type = "ROOM_ADD_MEMBERS", roomId = "r1", userIds = new[] { "carol", "dave", "bob" } });

        await bob.ExpectChangeAsync("1-2 +carol=MEMBER +dave=MEMBER");
        (await carol.ExpectAsync("ROOM_MEMBERS_UPDATED")).Roster().Should().Be("alice=OWNER bob=MEMBER carol=MEMBER dave=MEMBER");
        await RoomSteps.ExpectNothingAsync(alice, bob, carol);
    }

    [Test]
    public async Task Members_of_a_new_room_get_the_whole_list()
    {
        var bob = await Server.ConnectWithDeltasAsync("bob");
        await (await ConnectAsync("alice")).CreateRoomAsync("r1", members: ["bob"]);

        (await bob.ExpectAsync("ROOM_MEMBERS_UPDATED")).Roster().Should().Be("alice=OWNER bob=MEMBER");
    }

    [Test]
    public async Task The_removed_user_finds_itself_among_the_removed_and_hears_no_more()
    {
        var (alice, bob) = await PairAsync();
        var carol = await Server.ConnectWithDeltasAsync("carol");
        await alice.SucceedAsync("ROOM_MEMBERS_UPDATED", new { type = "ROOM_ADD_MEMBERS", roomId = "r1", userIds = new[] { "carol" } });
        await MembershipSteps.SettleAsync(bob, carol);

        await alice.SucceedAsync("ROOM_MEMBERS_UPDATED", new { type = "ROOM_REMOVE_MEMBER", roomId = "r1", userId = "bob" });
        await alice.SetRoleAsync("r1", "carol", "ADMIN");

        await bob.ExpectChangeAsync("2-3 -bob");
        await carol.ExpectAsync("ROOM_MEMBER_LEFT");
        await carol.ExpectChangeAsync("2-3 -bob");
        await carol.ExpectChangeAsync("3-4 carol:ADMIN");
        await RoomSteps.ExpectNothingAsync(alice, bob, carol);
    }

    [Test]
    public async Task An_owner_who_leaves_and_its_successor_are_in_one_change_that_its_other_sockets_get_too()
    {
        var (alice, bob) = await PairAsync();
        var other = await Server.ConnectWithDeltasAsync("alice");

        await alice.SucceedAsync("ROOM_LEAVE_RESPONSE", new { type = "ROOM_LEAVE", roomId = "r1" });

        await bob.ExpectAsync("ROOM_MEMBER_LEFT");
        await bob.ExpectChangeAsync("1-2 -alice bob:OWNER");
        await other.ExpectChangeAsync("1-2 -alice bob:OWNER");
        await RoomSteps.ExpectNothingAsync(alice, bob, other);
    }

    [Test]
    public async Task A_transfer_shows_both_roles()
    {
        var (alice, bob) = await PairAsync();

        await alice.SetRoleAsync("r1", "bob", "OWNER");

        await bob.ExpectChangeAsync("1-2 bob:OWNER alice:MEMBER");
    }

    [Test]
    public async Task Whoever_joins_gets_the_whole_room_and_its_other_sockets_the_whole_list()
    {
        var (alice, bob) = await PairAsync();
        var (carol, other) = (await Server.ConnectWithDeltasAsync("carol"), await Server.ConnectWithDeltasAsync("carol"));

        (await carol.SucceedAsync("ROOM_JOIN_RESPONSE", new { type = "ROOM_JOIN", roomId = "r1" })).Room().Version().Should().Be(2);

        await bob.ExpectAsync("ROOM_MEMBER_JOINED");
        await bob.ExpectChangeAsync("1-2 +carol=MEMBER");
        await other.ExpectAsync("ROOM_MEMBER_JOINED");
        (await other.ExpectAsync("ROOM_MEMBERS_UPDATED")).Roster().Should().Be("alice=OWNER bob=MEMBER carol=MEMBER");
        await alice.ExpectAsync("ROOM_MEMBER_JOINED");
        await alice.ExpectAsync("ROOM_MEMBERS_UPDATED");
        await RoomSteps.ExpectNothingAsync(alice, bob, carol, other);
    }

    [Test]
    public async Task An_approval_is_answered_by_what_changed_and_the_newcomer_gets_the_whole_list()
    {
        var (admin, bob) = (await Server.ConnectWithDeltasAsync("admin"), await Server.ConnectWithDeltasAsync("bob"));
        var other = await Server.ConnectWithDeltasAsync("admin");
        await admin.CreateRoomAsync("r1", "APPROVAL");
        await bob.AskAsync("r1");
        await MembershipSteps.SettleAsync(admin, other);

        var reply = await admin.SucceedAsync("ROOM_MEMBERS_CHANGED", new { type = "ROOM_JOIN_APPROVE", roomId = "r1", userId = "bob" });

        reply.Change().Should().Be("1-2 +bob=MEMBER");
        await other.ExpectAsync("ROOM_MEMBER_JOINED");
        await other.ExpectChangeAsync("1-2 +bob=MEMBER");
        (await bob.HearAsync("ROOM_JOIN_APPROVED", "ROOM_MEMBER_JOINED", "ROOM_MEMBERS_UPDATED")).Roster().Should().Be("admin=OWNER bob=MEMBER");
        await RoomSteps.ExpectNothingAsync(admin, bob, other);
    }

    [Test]
    public async Task Requests_that_change_something_are_answered_by_what_changed_and_others_by_the_whole_list()
    {
        var alice = await Server.ConnectWithDeltasAsync("alice");
        await alice.CreateRoomAsync("r1");

        (await AskAsync("ROOM_MEMBERS_CHANGED", new { type = "ROOM_ADD_MEMBERS", roomId = "r1", userIds = new[] { "bob" } })).Should().Be("1-2 +bob=MEMBER");
        (await AskAsync("ROOM_MEMBERS_CHANGED", new { type = "ROOM_SET_ROLE", roomId = "r1", userId = "bob", role = "ADMIN" })).Should().Be("2-3 bob:ADMIN");
        await alice.SucceedAsync("ROOM_MEMBERS_UPDATED", new { type = "ROOM_ADD_MEMBERS", roomId = "r1", userIds = new[] { "bob" } });
        await alice.SucceedAsync("ROOM_MEMBERS_UPDATED", new { type = "ROOM_SET_ROLE", roomId = "r1", userId = "bob", role = "ADMIN" });
        (await AskAsync("ROOM_MEMBERS_CHANGED", new { type = "ROOM_REMOVE_MEMBER", roomId = "r1", userId = "bob" })).Should().Be("3-4 -bob");

        async Task<string> AskAsync(string replyType, object request) => (await alice.SucceedAsync(replyType, request)).Change();
    }

    [Test]
    public async Task A_reply_that_is_given_again_is_the_list_as_it_is_now_whatever_the_first_socket_took()
    {
        var alice = await Server.ConnectWithDeltasAsync("alice");
        await alice.CreateRoomAsync("r1");
        var request = new { type = "ROOM_ADD_MEMBERS", roomId = "r1", userIds = new[] { "bob" }, idempotencyKey = "k" };
        await alice.SucceedAsync("ROOM_MEMBERS_CHANGED", request);
        var plain = await ConnectAsync("alice");

        var again = await plain.SucceedAsync("ROOM_MEMBERS_UPDATED", request);

        again.GetProperty("members").EnumerateArray().Select(id => id.GetString()).Should().Equal("alice", "bob");
        (await alice.SucceedAsync("ROOM_MEMBERS_UPDATED", request)).Body().Should().Be(again.Body());
    }

    /// <summary>alice, who takes whole lists, and bob, who takes deltas, in room r1 at version 1.</summary>
    private async Task<(TestClient Alice, TestClient Bob)> PairAsync()
    {
        var (alice, bob) = (await ConnectAsync("alice"), await Server.ConnectWithDeltasAsync("bob"));
        await alice.CreateRoomAsync("r1", members: ["bob"]);
        await bob.ExpectAsync("ROOM_MEMBERS_UPDATED");
        return (alice, bob);
    }
}
