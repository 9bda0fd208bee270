using FluentAssertions;
using NUnit.Framework;
using RoomWs.Tests.Support;

namespace RoomWs.Tests.Fanout;

/// <summary>Changes that are committed in one batch, which a hold on the writer makes one.</summary>
[OneNode]
internal sealed class DeltaBatchTests : EndToEndTest
{
    [Test]
    public async Task Changes_of_one_batch_come_in_one_message_and_to_who_asked_in_parts_around_its_replies()
    {
        var (alice, bob, carol) = await RoomAsync();
        var (dave, plain) = (await Server.ConnectWithDeltasAsync("dave"), await ConnectAsync("carol"));
        var hold = await WriterHold.StartAsync(Server, alice, bob, dave);

        await hold.AskAsync(alice, new { type = "ROOM_SET_ROLE", roomId = "r1", userId = "carol", role = "ADMIN" });
        await hold.AskAsync(bob, new { type = "ROOM_ADD_MEMBERS", roomId = "r1", userIds = new[] { "eve" } });
        await hold.AskAsync(dave, new { type = "ROOM_JOIN", roomId = "r1" });
        await hold.AskAsync(alice, new { type = "ROOM_SET_ROLE", roomId = "r1", userId = "eve", role = "ADMIN" });
        hold.Release();

        await carol.ExpectAsync("ROOM_MEMBER_JOINED");
        await carol.ExpectChangeAsync("2-6 +eve=ADMIN +dave=MEMBER carol:ADMIN");

        await alice.ExpectChangeAsync("2-3 carol:ADMIN");
        await alice.ExpectAsync("ROOM_MEMBER_JOINED");
        await alice.ExpectChangeAsync("3-5 +eve=MEMBER +dave=MEMBER");
        await alice.ExpectChangeAsync("5-6 eve:ADMIN");

        await bob.ExpectChangeAsync("2-3 carol:ADMIN");
        await bob.ExpectChangeAsync("3-4 +eve=MEMBER");
        await bob.ExpectAsync("ROOM_MEMBER_JOINED");
        await bob.ExpectChangeAsync("4-6 +dave=MEMBER eve:ADMIN");

        (await dave.ExpectAsync("ROOM_JOIN_RESPONSE")).Room().Version().Should().Be(5);
        await dave.ExpectChangeAsync("5-6 eve:ADMIN");

        await plain.ExpectAsync("ROOM_MEMBER_JOINED");
        (await plain.ExpectAsync("ROOM_MEMBERS_UPDATED")).Roster().Should().Be("alice=OWNER bob=ADMIN carol=ADMIN eve=ADMIN dave=MEMBER");
        await RoomSteps.ExpectNothingAsync(alice, bob, carol, dave, plain);
    }

    [Test]
    public async Task A_change_of_meta_keeps_its_place_among_the_changes_of_members()
    {
        var (alice, bob, carol) = await RoomAsync();
        var hold = await WriterHold.StartAsync(Server, alice);

        await hold.AskAsync(alice, new { type = "ROOM_ADD_MEMBERS", roomId = "r1", userIds = new[] { "eve" } });
        await hold.AskAsync(alice, new { type = "ROOM_ADD_MEMBERS", roomId = "r1", userIds = new[] { "fred" } });
        await hold.AskAsync(alice, new { type = "ROOM_UPDATE_META", roomId = "r1", patch = new { name = "new" } });
        await hold.AskAsync(alice, new { type = "ROOM_REMOVE_MEMBER", roomId = "r1", userId = "eve" });
        hold.Release();

        foreach (var listener in new[] { bob, carol })
        {
            await listener.ExpectChangeAsync("2-4 +eve=MEMBER +fred=MEMBER");
            (await listener.ExpectAsync("ROOM_UPDATED")).Version().Should().Be(5);
            await listener.ExpectAsync("ROOM_MEMBER_LEFT");
            await listener.ExpectChangeAsync("5-6 -eve");
            await listener.ExpectNothingAsync();
        }
    }

    [Test]
    public async Task Whoever_is_removed_hears_nothing_of_what_comes_behind_it_and_the_whole_list_when_it_is_back()
    {
        var (alice, bob, carol) = await RoomAsync();
        var dave = await Server.ConnectWithDeltasAsync("dave");
        await alice.SucceedAsync("ROOM_MEMBERS_CHANGED", new { type = "ROOM_ADD_MEMBERS", roomId = "r1", userIds = new[] { "dave" } });
        await MembershipSteps.SettleAsync(bob, carol, dave);
        var hold = await WriterHold.StartAsync(Server, alice);

        await hold.AskAsync(alice, new { type = "ROOM_ADD_MEMBERS", roomId = "r1", userIds = new[] { "eve" } });
        await hold.AskAsync(alice, new { type = "ROOM_REMOVE_MEMBER", roomId = "r1", userId = "carol" });
        await hold.AskAsync(alice, new { type = "ROOM_REMOVE_MEMBER", roomId = "r1", userId = "dave" });
        await hold.AskAsync(alice, new { type = "ROOM_SET_ROLE", roomId = "r1", userId = "eve", role = "ADMIN" });
        await hold.AskAsync(alice, new { type = "ROOM_ADD_MEMBERS", roomId = "r1", userIds = new[] { "dave" } });
        hold.Release();

        await carol.ExpectChangeAsync("3-5 +eve=MEMBER -carol");
        await carol.ExpectNothingAsync();
        await dave.ExpectAsync("ROOM_MEMBER_LEFT");
        await dave.ExpectChangeAsync("3-6 +eve=MEMBER -carol -dave");
        (await dave.ExpectAsync("ROOM_MEMBERS_UPDATED")).Roster().Should().Be("alice=OWNER bob=ADMIN eve=ADMIN dave=MEMBER");
        await dave.ExpectNothingAsync();
        await bob.HearAsync("ROOM_MEMBER_LEFT", "ROOM_MEMBER_LEFT");
        await bob.ExpectChangeAsync("3-8 +eve=ADMIN +dave=MEMBER -carol");
    }

    [Test]
    public async Task Who_rises_hears_of_pending_requests_after_its_role()
    {
        var (alice, bob, carol) = await RoomAsync();
        await alice.SucceedAsync("ROOM_UPDATED", new { type = "ROOM_UPDATE_META", roomId = "r1", patch = new { joinPolicy = "APPROVAL" } });
        await (await ConnectAsync("zoe")).AskAsync("r1");
        await MembershipSteps.SettleAsync(bob, carol);

        await alice.SucceedAsync("ROOM_MEMBERS_CHANGED", new { type = "ROOM_SET_ROLE", roomId = "r1", userId = "carol", role = "ADMIN" });

        await carol.ExpectChangeAsync("3-4 carol:ADMIN");
        await carol.ExpectAsync("ROOM_JOIN_REQUESTED");
    }

    [Test]
    public async Task A_reply_that_shows_the_room_as_it_is_comes_behind_what_led_to_it()
    {
        var (alice, bob, carol) = await RoomAsync();
        var hold = await WriterHold.StartAsync(Server, alice, bob, carol);

        await hold.AskAsync(alice, new { type = "ROOM_ADD_MEMBERS", roomId = "r1", userIds = new[] { "eve" } });
        await hold.AskAsync(bob, new { type = "ROOM_ADD_MEMBERS", roomId = "r1", userIds = new[] { "eve" } });
        // With a key it takes its turn, although carol is a member.
        await hold.AskAsync(carol, new { type = "ROOM_JOIN", roomId = "r1", idempotencyKey = "k" });
        await hold.AskAsync(alice, new { type = "ROOM_ADD_MEMBERS", roomId = "r1", userIds = new[] { "fred" } });
        hold.Release();

        await bob.ExpectChangeAsync("2-3 +eve=MEMBER");
        (await bob.ExpectAsync("ROOM_MEMBERS_UPDATED")).Version().Should().Be(3);
        await bob.ExpectChangeAsync("3-4 +fred=MEMBER");
        await carol.ExpectChangeAsync("2-3 +eve=MEMBER");
        (await carol.ExpectAsync("ROOM_JOIN_RESPONSE")).Room().Version().Should().Be(3);
        await carol.ExpectChangeAsync("3-4 +fred=MEMBER");
        await RoomSteps.ExpectNothingAsync(bob, carol);
    }

    [Test]
    public async Task A_room_that_ends_and_begins_anew_in_one_batch_is_told_of_in_that_order()
    {
        var (alice, bob, _) = await RoomAsync();
        var hold = await WriterHold.StartAsync(Server, alice);

        await hold.AskAsync(alice, new { type = "ROOM_ADD_MEMBERS", roomId = "r1", userIds = new[] { "eve" } });
        await hold.AskAsync(alice, new { type = "ROOM_DELETE", roomId = "r1" });
        await hold.AskAsync(alice, new { type = "ROOM_CREATE", roomId = "r1", memberIds = new[] { "bob" } });
        await hold.AskAsync(alice, new { type = "ROOM_ADD_MEMBERS", roomId = "r1", userIds = new[] { "carol" } });
        hold.Release();

        await bob.ExpectChangeAsync("2-3 +eve=MEMBER");
        await bob.ExpectAsync("ROOM_DELETED");
        (await bob.ExpectAsync("ROOM_MEMBERS_UPDATED")).Version().Should().Be(1);
        await bob.ExpectChangeAsync("1-2 +carol=MEMBER");
    }

    /// <summary>Room r1 at version 2 with alice, its OWNER, bob, an ADMIN, and carol, who all take deltas and have heard all.</summary>
    private async Task<(TestClient Alice, TestClient Bob, TestClient Carol)> RoomAsync()
    {
        var (alice, bob, carol) = (await Server.ConnectWithDeltasAsync("alice"), await Server.ConnectWithDeltasAsync("bob"), await Server.ConnectWithDeltasAsync("carol"));
        await alice.SucceedAsync("ROOM_CREATED", new { type = "ROOM_CREATE", roomId = "r1", memberIds = new[] { "bob", "carol" } });
        await alice.SucceedAsync("ROOM_MEMBERS_CHANGED", new { type = "ROOM_SET_ROLE", roomId = "r1", userId = "bob", role = "ADMIN" });
        await MembershipSteps.SettleAsync(bob, carol);
        return (alice, bob, carol);
    }
}
