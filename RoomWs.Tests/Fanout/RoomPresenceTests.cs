using System.Text.Json;
using FluentAssertions;
using NUnit.Framework;
using RoomWs.Server.Configuration;
using RoomWs.Tests.Support;

namespace RoomWs.Tests.Fanout;

internal sealed class RoomPresenceTests : EndToEndTest
{
    private static readonly TimeSpan Grace = TimeSpan.FromMilliseconds(1_200);

    private readonly ManualTimeProvider _time = new();

    protected override TimeProvider Time => _time;

    protected override void Configure(RoomWsOptions options) => options.Limits.PresenceMembers = 3;

    [Test]
    public async Task The_first_socket_is_told_to_the_members_of_every_room_and_more_sockets_are_not()
    {
        var alice = await ConnectAsync("alice");
        var aliceElsewhere = await ConnectAsync("alice");
        var mallory = await ConnectAsync("mallory");
        await alice.CreateRoomAsync("r1", members: ["bob"]);
        await alice.CreateRoomAsync("r2", members: ["bob"]);
        await alice.CreateRoomAsync("r3");
        for (var i = 0; i < 3; i++) await aliceElsewhere.ExpectAsync("ROOM_MEMBERS_UPDATED");

        await TestClient.ConnectAsync(Server, "bob", "Bob B.");
        var second = await TestClient.ConnectAsync(Server, "bob", "Bob B.");

        foreach (var client in new[] { alice, aliceElsewhere })
        {
            var told = new[] { await client.ExpectAsync("ROOM_PRESENCE"), await client.ExpectAsync("ROOM_PRESENCE") };
            told.Select(frame => frame.Body()).Should().BeEquivalentTo(
                Presence("r1", "bob", "Bob B.", "ONLINE"),
                Presence("r2", "bob", "Bob B.", "ONLINE"));
        }

        await second.SettleAsync();
        await NextIsOfDaveAsync(alice, "r1");
        await mallory.ExpectNothingAsync();
    }

    // With each socket on a node of its own there is a grace for each, which the clock would have to wait for.
    [OneNode]
    [Test]
    public async Task The_last_socket_is_told_when_its_grace_is_over_and_the_membership_stays()
    {
        var (alice, bob) = await TogetherAsync();
        var bobElsewhere = await ConnectAsync("bob");
        await bobElsewhere.SettleAsync();
        var connections = Server.Connections.Count();

        await bob.CloseAsync();
        await Deadline.UntilAsync(() => Server.Connections.Count() < connections, "the connection has ended");
        _time.Advance(Grace);
        await EndAsync(bobElsewhere);
        _time.Advance(Grace - TimeSpan.FromMilliseconds(1));
        (await OnlineAsync(alice, "bob")).Should().BeTrue("the grace is not over");
        _time.Advance(TimeSpan.FromMilliseconds(1));

        (await alice.ExpectAsync("ROOM_PRESENCE")).Body().Should().Be(Presence("r1", "bob", "bob", "OFFLINE"));
        (await OnlineAsync(alice, "bob")).Should().BeFalse();
        (await alice.RoomAsync("r1")).Roster().Should().Be("alice=OWNER bob=MEMBER");
        await NextIsOfDaveAsync(alice, "r1");
    }

    [Test]
    public async Task A_reconnect_within_the_grace_is_no_absence()
    {
        var (alice, bob) = await TogetherAsync();
        for (var i = 0; i < 3; i++)
        {
            await EndAsync(bob);
            _time.Advance(Grace - TimeSpan.FromMilliseconds(1));
            bob = await ConnectAsync("bob");
            await bob.SettleAsync();
            _time.Advance(Grace);
        }

        (await OnlineAsync(alice, "bob")).Should().BeTrue();
        await NextIsOfDaveAsync(alice, "r1");
    }

    [Test]
    public async Task A_return_after_the_grace_is_told_and_a_departure_without_a_word_too()
    {
        var (alice, bob) = await TogetherAsync();
        var timers = _time.PendingTimers;
        bob.Socket.Abort();
        await Deadline.UntilAsync(() => _time.PendingTimers > timers, "the connection has ended");
        _time.Advance(Grace);
        (await alice.ExpectAsync("ROOM_PRESENCE")).Text("status").Should().Be("OFFLINE");

        await ConnectAsync("bob");

        (await alice.ExpectAsync("ROOM_PRESENCE")).Body().Should().Be(Presence("r1", "bob", "bob", "ONLINE"));
    }

    [Test]
    public async Task Whoever_is_no_member_any_more_is_told_of_to_nobody_and_told_nothing()
    {
        var (alice, bob) = await TogetherAsync();
        await bob.SucceedAsync("ROOM_LEAVE_RESPONSE", new { type = "ROOM_LEAVE", roomId = "r1" });
        await alice.ExpectAsync("ROOM_MEMBER_LEFT");
        await alice.ExpectAsync("ROOM_MEMBERS_UPDATED");
        await bob.SettleAsync();
        while (bob.Received.Count > 0) await bob.NextAsync();

        var elsewhere = await ConnectAsync("bob");
        await EndAsync(elsewhere, isLast: false);
        await NextIsOfDaveAsync(alice, "r1");
        await bob.ExpectNothingAsync();
        await EndAsync(bob);
        _time.Advance(Grace);
        await ConnectAsync("erin");

        await alice.SucceedAsync("ROOM_MEMBERS_UPDATED", new { type = "ROOM_ADD_MEMBERS", roomId = "r1", userIds = new[] { "frank" } });
        await ConnectAsync("frank");
        (await alice.ExpectAsync("ROOM_PRESENCE")).Text("userId").Should().Be("frank");
    }

    [Test]
    public async Task Rooms_of_more_members_than_PresenceMembers_are_not_told_but_show_who_is_online()
    {
        var alice = await ConnectAsync("alice");
        await alice.CreateRoomAsync("large", members: ["bob", "carol", "dora"]);
        await alice.CreateRoomAsync("small", members: ["bob", "carol"]);

        await ConnectAsync("bob");

        (await alice.ExpectAsync("ROOM_PRESENCE")).Text("roomId").Should().Be("small");
        var state = await alice.EnterAsync("large");
        state.GetProperty("members").EnumerateArray().Select(member => $"{member.Text("userId")} {member.GetProperty("online").GetBoolean()}")
            .Should().Equal("alice True", "bob True", "carol False", "dora False");
        await ConnectAsync("carol");
        (await alice.ExpectAsync("ROOM_PRESENCE")).Body().Should().Be(Presence("small", "carol", "carol", "ONLINE"));
    }

    [Test]
    public async Task An_identity_that_comes_with_HELLO_is_told_as_one_of_the_upgrade_is()
    {
        var alice = await ConnectAsync("alice");
        await alice.CreateRoomAsync("r1", members: ["bob"]);
        var client = await TestClient.OpenAsync(Server);
        await client.SettleAsync();
        (await OnlineAsync(alice, "bob")).Should().BeFalse();

        await client.SucceedAsync("HELLO_ACK", new { type = "HELLO", version = 1, userId = "bob" });

        (await alice.ExpectAsync("ROOM_PRESENCE")).Text("userId").Should().Be("bob");
        await EndAsync(client);
        _time.Advance(Grace);
        (await alice.ExpectAsync("ROOM_PRESENCE")).Text("status").Should().Be("OFFLINE");
    }

    private async Task<(TestClient Alice, TestClient Bob)> TogetherAsync()
    {
        var alice = await ConnectAsync("alice");
        await alice.CreateRoomAsync("r1", members: ["bob"]);
        var bob = await ConnectAsync("bob");
        await alice.ExpectAsync("ROOM_PRESENCE");
        return (alice, bob);
    }

    /// <summary>Proves that nothing else was told: events come in order, and this one is the next.</summary>
    private async Task NextIsOfDaveAsync(TestClient client, string roomId)
    {
        await client.SucceedAsync("ROOM_MEMBERS_UPDATED", new { type = "ROOM_ADD_MEMBERS", roomId, userIds = new[] { "dave" } });
        await ConnectAsync("dave");
        JsonElement next;
        do next = await client.NextAsync();
        while (next.Type() == "ROOM_MEMBERS_UPDATED");
        next.Body().Should().Be(Presence(roomId, "dave", "dave", "ONLINE"));
    }

    private async Task EndAsync(TestClient client, bool isLast = true)
    {
        var (timers, connections) = (_time.PendingTimers, Server.Connections.Count());
        await client.CloseAsync();
        await Deadline.UntilAsync(() => isLast ? _time.PendingTimers > timers : Server.Connections.Count() < connections, "the connection has ended");
    }

    private string Presence(string roomId, string userId, string username, string status) =>
        $$"""type:"ROOM_PRESENCE",roomId:"{{roomId}}",userId:"{{userId}}",username:"{{username}}",status:"{{status}}",at:{{_time.UtcNow.ToUnixTimeMilliseconds()}}""";

    private static async Task<bool> OnlineAsync(TestClient client, string userId) =>
        (await client.SucceedAsync("ROOM_CREATED", new { type = "ROOM_MEMBERS", roomId = "r1" })).GetProperty("memberDetails").EnumerateArray()
        .Single(member => member.Text("userId") == userId).GetProperty("online").GetBoolean();
}
