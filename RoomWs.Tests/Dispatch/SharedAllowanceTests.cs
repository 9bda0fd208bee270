using System.Text.Json;
using FluentAssertions;
using NUnit.Framework;
using RoomWs.Server.Configuration;
using RoomWs.Tests.Support;

namespace RoomWs.Tests.Dispatch;

/// <summary>What a user may do so often in a minute it may do so often over all its connections, to whatever nodes: these tests spread them, where there are several.</summary>
internal sealed class SharedAllowanceTests : EndToEndTest
{
    /// <summary>How many are asked for beyond what is allowed.</summary>
    private const int Beyond = 50;

    private const int Actions = 12;
    private const int Creates = 15;
    private const int Adds = 20;

    private readonly ManualTimeProvider _time = new();

    protected override TimeProvider Time => _time;

    protected override void Configure(RoomWsOptions options) =>
        (options.Limits.MembershipActionsPerMinute, options.Limits.CreatesPerMinute, options.Limits.AddsPerMinute) = (Actions, Creates, Adds);

    [TestCase("ROOM_JOIN", Actions)]
    [TestCase("ROOM_INVITE_ACCEPT", Actions)]
    [TestCase("ROOM_INFO", Actions)]
    [TestCase("ROOM_MESSAGE", Actions)]
    [TestCase("ROOM_CREATE", Creates)]
    [TestCase("ROOM_ADD_MEMBERS", Adds)]
    public async Task However_many_come_at_once_as_many_are_let_in_as_one_connection_would_have_got_and_each_other_is_told_when_to_come_again(string type, int allowed)
    {
        await (await ConnectAsync("owner")).CreateRoomAsync("r1", admins: type == "ROOM_ADD_MEMBERS" ? ["alice"] : []);
        var clients = new List<TestClient>();
        for (var i = 0; i < 6; i++) clients.Add(await ConnectAsync("alice"));

        var replies = await FloodAsync(clients, type, allowed + Beyond);

        var refused = replies.Where(reply => reply.Code() == "RATE_LIMITED").ToList();
        (replies.Count - refused.Count, refused.Count).Should().Be((allowed, Beyond));
        var wait = 60_000 / allowed;
        refused.Select(reply => reply.Number("retryAfterMs")).Should().OnlyContain(told => told == wait);

        _time.Advance(TimeSpan.FromMilliseconds(wait - 1));
        (await FloodAsync(clients, type, clients.Count)).Should().OnlyContain(reply => reply.Code() == "RATE_LIMITED" && reply.Number("retryAfterMs") == 1);
        _time.Advance(TimeSpan.FromMilliseconds(1));
        (await FloodAsync(clients, type, clients.Count)).Count(reply => reply.Code() != "RATE_LIMITED").Should().Be(1);
    }

    [Test]
    public async Task Many_users_who_come_for_the_first_time_at_once_get_each_what_it_would_have_got_alone()
    {
        var users = TestScale.Rounds(shortRun: 12, longRun: 60);
        var clients = new List<List<TestClient>>();
        for (var user = 0; user < users; user++)
        {
            clients.Add([]);
            for (var i = 0; i < 3; i++) clients[user].Add(await ConnectAsync($"user{user}"));
        }

        var replies = await Task.WhenAll(clients.Select(own => FloodAsync(own, "ROOM_INFO", Actions + Beyond)));

        replies.Select(own => own.Count(reply => reply.Code() == "NOT_FOUND")).Should().OnlyContain(count => count == Actions);
    }

    [Test]
    public async Task A_debt_that_was_made_on_one_connection_is_paid_on_all()
    {
        var (alice, elsewhere, third) = (await ConnectAsync("alice"), await ConnectAsync("alice"), await ConnectAsync("alice"));
        await alice.CreateRoomAsync("r1", members: [.. Enumerable.Range(0, 100).Select(i => $"u{i}")]);
        var add = new { type = "ROOM_ADD_MEMBERS", roomId = "r1", userIds = new[] { "x" } };

        // 80 are owed, and one more has to come back.
        foreach (var client in new[] { elsewhere, third, alice }) (await client.BeRefusedAsync("RATE_LIMITED", add)).Number("retryAfterMs").Should().Be(81 * 3_000);
        _time.Advance(TimeSpan.FromSeconds(81 * 3));
        await third.SucceedAsync("ROOM_MEMBERS_UPDATED", add);
        await elsewhere.BeRefusedAsync("RATE_LIMITED", new { type = "ROOM_ADD_MEMBERS", roomId = "r1", userIds = new[] { "y" } });
    }

    [Test]
    public async Task Requests_of_a_connection_are_answered_in_their_order_whatever_each_of_them_has_to_pay()
    {
        var alice = await ConnectAsync("alice");
        await alice.CreateRoomAsync("r1");
        object[] asked =
        [
            new { type = "ROOM_INFO", roomId = "none" },
            new { type = "ROOM_MESSAGE", roomId = "r1", content = "x" },
            new { type = "ROOM_JOIN", roomId = "none" },
            new { type = "ROOM_MESSAGE", roomId = "none", content = "x" },
            new { type = "ROOM_INFO", roomId = "r1" },
            new { type = "ROOM_CREATE" },
        ];
        var sent = new List<string>();
        for (var round = 0; round < 10; round++)
        {
            foreach (var request in asked) sent.Add(await alice.SendRequestAsync(request));
        }

        var answered = new List<string?>();
        while (answered.Count < sent.Count)
        {
            var frame = await alice.NextAsync();
            if (frame.TryGetProperty("correlationId", out var id)) answered.Add(id.GetString());
        }

        answered.Should().Equal(sent);
    }

    /// <summary>Sends so many requests over all the connections, all at once, and gives their replies.</summary>
    private static async Task<List<JsonElement>> FloodAsync(List<TestClient> clients, string type, int count)
    {
        var replies = await Task.WhenAll(clients.Select(async (client, c) =>
        {
            var sent = new List<string>();
            for (var i = c; i < count; i += clients.Count) sent.Add(await client.SendRequestAsync(Request(type, Guid.NewGuid().ToString("N"))));
            var own = new List<JsonElement>();
            foreach (var request in sent) own.Add(await client.ReplyAsync(request));
            return own;
        }));
        return [.. replies.SelectMany(own => own)];
    }

    private static object Request(string type, string unique) => type switch
    {
        "ROOM_JOIN" => new { type, roomId = "r1" },
        "ROOM_INVITE_ACCEPT" => new { type, code = "0123456789ABCDEFGHJK" },
        "ROOM_ADD_MEMBERS" => new { type, roomId = "r1", userIds = new[] { unique } },
        "ROOM_CREATE" => new { type, roomId = unique },
        "ROOM_MESSAGE" => new { type, roomId = unique, content = "x" },
        _ => new { type, roomId = unique },
    };
}
