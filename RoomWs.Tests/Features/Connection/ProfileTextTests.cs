using FluentAssertions;
using NUnit.Framework;
using RoomWs.Server.Configuration;
using RoomWs.Tests.Support;

namespace RoomWs.Tests.Features.Connection;

/// <summary>Ids and names that look like another's, or like nothing, are refused by every door alike.</summary>
internal sealed class ProfileTextTests : EndToEndTest
{
    private static readonly string[] BadIds = ["al\u200bice", "alice\u200d", "\ufeffalice", "alice ", " alice", "\u3000alice", "al\u2028ice", "alice\u2029", "\u202eecila", "a\u2066b", "alice\u200f", "\u200b", " "];

    private static readonly string[] BlankNames = ["\u200b", " \u200d\u2060", "\u3164", "\u2800", "\u00ad", "\U000E0041"];

    private static readonly string[] BrokenNames = ["a\u2028b", "Alice\u2029", "\u202eecilA", "A\u2069", "A\u200f"];

    protected override void Configure(RoomWsOptions options) => options.JwtSecret = Jwt.Secret;

    [Test]
    public async Task An_id_that_looks_like_another_is_refused_by_every_door([Range(0, 12)] int number)
    {
        var id = BadIds[number];
        var owner = await ConnectAsync("owner");
        await owner.CreateRoomAsync("r1");

        var upgrade = await TestClient.OpenAsync(Server, $"?user={Uri.EscapeDataString(id)}");
        (await upgrade.ExpectAsync("ERROR")).Message().Should().Contain("zero-width");
        await upgrade.ExpectCloseAsync(4003);
        await RefuseHelloAsync(new { type = "HELLO", version = 1, userId = id });
        await RefuseHelloAsync(new { type = "HELLO", version = 1, token = Jwt.Hs256(new { sub = id }) });
        object[] requests =
        [
            new { type = "ROOM_CREATE", memberIds = new[] { id } },
            new { type = "ROOM_ADD_MEMBERS", roomId = "r1", userIds = new[] { "bob", id } },
            new { type = "ROOM_REMOVE_MEMBER", roomId = "r1", userId = id },
            new { type = "ROOM_SET_ROLE", roomId = "r1", userId = id, role = "ADMIN" },
            new { type = "ROOM_JOIN_APPROVE", roomId = "r1", userId = id },
            new { type = "ROOM_JOIN_DENY", roomId = "r1", userId = id },
        ];
        foreach (var request in requests) (await owner.BeRefusedAsync("VALIDATION_ERROR", request)).Message().Should().Contain("zero-width");
    }

    [Test]
    public async Task A_name_that_cannot_be_seen_is_blank([Range(0, 5)] int number) => await RefuseNameAsync(BlankNames[number], "can be seen");

    [Test]
    public async Task A_name_that_turns_or_breaks_the_line_around_it_is_refused([Range(0, 4)] int number) => await RefuseNameAsync(BrokenNames[number], "bidirectional");

    [Test]
    public async Task A_name_of_a_user_that_breaks_a_rule_is_not_used()
    {
        foreach (var name in BlankNames.Concat(BrokenNames))
        {
            var upgrade = await TestClient.OpenAsync(Server, $"?user=alice&name={Uri.EscapeDataString(name)}");
            (await upgrade.SucceedAsync("HELLO_ACK", new { type = "HELLO", version = 1 })).Text("username").Should().Be("alice");
            var hello = await TestClient.OpenAsync(Server);
            (await hello.SucceedAsync("HELLO_ACK", new { type = "HELLO", version = 1, token = Jwt.Hs256(new { sub = "alice", name }) })).Text("username").Should().Be("alice");
        }
    }

    private async Task RefuseNameAsync(string name, string says)
    {
        var owner = await ConnectAsync("owner");
        await owner.CreateRoomAsync("r1");
        object[] requests =
        [
            new { type = "ROOM_CREATE", name },
            new { type = "ROOM_UPDATE_META", roomId = "r1", patch = new { name } },
            new { type = "ROOM_BOARD_CREATE", roomId = "r1", name },
        ];
        foreach (var request in requests) (await owner.BeRefusedAsync("VALIDATION_ERROR", request)).Message().Should().Contain(says);
    }

    private async Task RefuseHelloAsync(object hello)
    {
        var client = await TestClient.OpenAsync(Server);
        (await client.BeRefusedAsync("UNAUTHORIZED", hello)).Message().Should().Contain("zero-width");
        await client.ExpectCloseAsync(4003);
    }
}
