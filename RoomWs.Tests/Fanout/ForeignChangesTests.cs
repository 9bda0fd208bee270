using System.Text.Json;
using Dapper;
using FluentAssertions;
using NUnit.Framework;
using RoomWs.Server.Configuration;
using RoomWs.Tests.Support;

namespace RoomWs.Tests.Fanout;

/// <summary>What alice does on the first of several nodes, as those on another are told of it.</summary>
[Category("Postgres")]
internal sealed class ForeignChangesTests : EndToEndTest
{
    /// <summary>More members than the feed lists.</summary>
    private const int Many = 1_100;

    protected override int? Nodes => Math.Max(2, TestScale.Nodes);

    protected override void Configure(RoomWsOptions options) => options.Limits.UserIdsPerRequest = 2 * Many;

    [Test]
    public async Task Whoever_is_let_in_hears_what_comes_behind_it_in_the_same_batch()
    {
        const int Rooms = 30;
        var (alice, bob) = (await ConnectToAsync(0, "alice"), await ConnectToAsync(1, "bob"));
        for (var i = 0; i < Rooms; i++)
        {
            await alice.CreateRoomAsync($"r{i}");
            await alice.SendAsync(new { type = "ROOM_ADD_MEMBERS", roomId = $"r{i}", userIds = new[] { "bob" } });
            await alice.SendAsync(new { type = "ROOM_MESSAGE", roomId = $"r{i}", content = "hello" });

            (await UntilAsync(bob, "ROOM_MESSAGE")).Text("roomId").Should().Be($"r{i}");
        }

        using var database = Server.Database.Open();
        (await database.ExecuteScalarAsync<long>("SELECT count(*) FROM feed WHERE convert_from(body, 'UTF8') LIKE '%ROOM_ADD_MEMBERS%ROOM_MESSAGE%'")).Should().BePositive("some were of one batch");
    }

    [Test]
    public async Task Members_of_a_room_that_the_feed_does_not_list_are_told_its_list_on_a_node_that_nobody_has_asked_for_it()
    {
        var alice = await ConnectToAsync(0, "alice");
        await alice.CreateRoomAsync("r1", members: ["bob", "carol", .. Enumerable.Range(0, Many).Select(i => $"user{i}")]);
        var (bob, carol, dave) = (await ConnectToAsync(1, "bob"), await ConnectToAsync(1, "carol"), await ConnectToAsync(1, "dave"));
        await carol.SucceedAsync("HELLO_ACK", new { type = "HELLO", version = 1, capabilities = new[] { "MEMBER_DELTAS" } });

        await AddAsync(alice, "dave");

        foreach (var client in new[] { bob, dave })
        {
            var list = await UntilAsync(client, "ROOM_MEMBERS_UPDATED");
            list.Version().Should().Be(2);
            list.GetProperty("members").EnumerateArray().Select(member => member.GetString()).Should().HaveCount(Many + 4).And.EndWith("dave");
        }

        var delta = await UntilAsync(carol, "ROOM_MEMBERS_CHANGED");
        (delta.Number("fromVersion"), delta.Version()).Should().Be((1, 2));
        delta.GetProperty("added").EnumerateArray().Select(member => member.Text("userId")).Should().Equal("dave");
    }

    [Test]
    public async Task Such_a_list_is_never_followed_by_an_older_one_whatever_has_been_changed_since_it_was_read()
    {
        const int Changes = 40;
        var alice = await ConnectToAsync(0, "alice");
        await alice.CreateRoomAsync("r1", members: ["bob", .. Enumerable.Range(0, Many).Select(i => $"user{i}")]);
        var bob = await ConnectToAsync(1, "bob");

        for (var i = 0; i < Changes; i++) await alice.SendAsync(new { type = "ROOM_ADD_MEMBERS", roomId = "r1", userIds = new[] { $"late{i}" } });

        var versions = new List<long>();
        while (versions.LastOrDefault() < Changes + 1) versions.Add((await UntilAsync(bob, "ROOM_MEMBERS_UPDATED")).Version());
        versions.Should().BeInAscendingOrder().And.OnlyHaveUniqueItems();
        await bob.ExpectNothingAsync();
    }

    private Task<TestClient> ConnectToAsync(int node, string userId)
    {
        Server.SendNextTo(node);
        return ConnectAsync(userId);
    }

    private static Task<JsonElement> AddAsync(TestClient owner, string userId) =>
        owner.SucceedAsync("ROOM_MEMBERS_UPDATED", new { type = "ROOM_ADD_MEMBERS", roomId = "r1", userIds = new[] { userId } });

    /// <summary>The next frame of a type. What comes before it is not looked at.</summary>
    private static async Task<JsonElement> UntilAsync(TestClient client, string type)
    {
        while (true)
        {
            if (await client.NextAsync() is var frame && frame.Type() == type) return frame;
        }
    }
}
