using System.Text.Json;
using FluentAssertions;
using NUnit.Framework;
using RoomWs.Server.Configuration;
using RoomWs.Tests.Documentation;
using RoomWs.Tests.Support;

namespace RoomWs.Tests.Features.Members;

/// <summary>Join requests by the hundred and by the ten thousand: what is sent of them unasked is bounded, and all can be read in pages.</summary>
internal sealed class ManyRequestsTests : EndToEndTest
{
    private TestClient _owner = null!;

    /// <summary>The queue that a server has by default: who is sent more at once than it holds is cut off with 4009.</summary>
    protected override void Configure(RoomWsOptions options) => options.Limits.OutboundQueueBytes = 1_048_576;

    [SetUp]
    public async Task CreateRoomAsync()
    {
        _owner = await ConnectAsync("owner");
        await _owner.CreateRoomAsync("r1", "APPROVAL", members: ["member"]);
    }

    [TestCase(100)]
    [TestCase(101)]
    [TestCase(30_000)]
    public async Task The_oldest_hundred_are_sent_at_sign_in_and_how_many_there_are_where_these_are_not_all(int count)
    {
        await AskAsync(count);

        var owner = await ConnectAsync("owner");
        await ExpectOldestAsync(owner, "r1", Math.Min(count, 100), count);
        await owner.SendAsync(new { type = "HELLO", version = 1 });
        await owner.ExpectAsync("HELLO_ACK");
        await ExpectOldestAsync(owner, "r1", Math.Min(count, 100), count);
        await owner.ExpectNothingAsync();
    }

    [TestCase("promoted")]
    [TestCase("successor")]
    public async Task Who_becomes_admin_or_owner_is_sent_no_more(string way)
    {
        await AskAsync(250);
        (_owner, var member) = (await ConnectAsync("owner"), await ConnectAsync("member"));
        // What it is sent at its sign-in is over.
        await member.SettleAsync();

        if (way == "promoted") await _owner.SetRoleAsync("r1", "member", "ADMIN");
        else await _owner.SucceedAsync("ROOM_LEAVE_RESPONSE", new { type = "ROOM_LEAVE", roomId = "r1" });

        await member.HearAsync(way == "promoted" ? ["ROOM_MEMBERS_UPDATED"] : ["ROOM_MEMBER_LEFT", "ROOM_MEMBERS_UPDATED"]);
        await ExpectOldestAsync(member, "r1", 100, 250);
        await member.ExpectNothingAsync();
    }

    /// <summary>120 rooms of 30 requests: the first 33 rooms are sent whole, 10 of the next, and of the others the number alone.</summary>
    [Test]
    public async Task Over_all_rooms_a_thousand_are_sent_and_of_every_other_room_its_number()
    {
        await Server.RestartAsync(options =>
        {
            // A queue that holds a fraction of it all: what comes at a sign-in waits for the client, and does not cut it off.
            (options.Limits.MessageBytes, options.Limits.OutboundQueueBytes) = (1_024, 4_096);
            using var database = Server.Database.Open();
            foreach (var (owner, role, first) in new[] { ("leader", 0, 1_000), ("leader-too", 2, 2_000) })
            {
                database.Run($"INSERT INTO rooms (number, id, name, join_policy, created_at, created_by, version, updated_at, member_count, join_request_count) SELECT {first} + value, '{owner}-' || (1000 + value), 'n', 1, 0, 'x', 1, 0, 1, 30 FROM {SqlRows.Numbers(120)} AS numbers");
                database.Run($"INSERT INTO members (room_number, room_id, user_id, role, joined_at, position) SELECT number, id, 'leader', {role}, 0, 1 FROM rooms WHERE id LIKE '{owner}-1%'");
                database.Run($"INSERT INTO join_requests (room_number, user_id, request_id, requested_at) SELECT r.number, 'u' || value, 'request_' || {SqlRows.Padded("value", 26)}, value FROM rooms r CROSS JOIN {SqlRows.Numbers(30)} AS numbers WHERE r.id LIKE '{owner}-1%'");
            }
        });

        var leader = await ConnectAsync("leader");

        for (var i = 1; i <= 120; i++) await ExpectOldestAsync(leader, $"leader-{1_000 + i}", i <= 33 ? 30 : i == 34 ? 10 : 0, 30);
        await leader.ExpectNothingAsync();
    }

    [Test]
    public async Task The_number_follows_each_request_that_comes_or_ends()
    {
        await AskAsync(102);
        (_owner, var bob) = (await ConnectAsync("owner"), await ConnectAsync("bob"));
        await bob.AskAsync("r1");
        await _owner.ApproveAsync("r1", "u1");
        await _owner.SucceedAsync("ROOM_JOIN_DENIED", new { type = "ROOM_JOIN_DENY", roomId = "r1", userId = "u2" });
        (await LastAsync()).Number("count").Should().Be(101);

        await bob.SucceedAsync("ROOM_JOIN_CANCELLED", new { type = "ROOM_JOIN_CANCEL", roomId = "r1" });
        (await LastAsync()).Type().Should().Be("ROOM_JOIN_REQUESTED", "a hundred are left");

        await _owner.SucceedAsync("ROOM_DELETED", new { type = "ROOM_DELETE", roomId = "r1" });
        await _owner.CreateRoomAsync("r1", "APPROVAL");
        await bob.AskAsync("r1");
        (await (await ConnectAsync("owner")).TakeAllAsync()).Should().ContainSingle();

        async Task<JsonElement> LastAsync() => (await (await ConnectAsync("owner")).TakeAllAsync())[^1];
    }

    [Test]
    public async Task The_notice_is_as_its_page_shows_it()
    {
        await _owner.CreateRoomAsync("board", "APPROVAL");
        await AskAsync(30_000, "board");

        var notice = (await (await ConnectAsync("owner")).TakeAllAsync())[^1];

        Repository.Read("docs/protocol/join-requests.md").Should().Contain($"```json\n{notice.GetRawText()}\n```");
    }

    [TestCase(null, 100)]
    [TestCase(1, 1)]
    [TestCase(99, 99)]
    [TestCase(230, 230)]
    [TestCase(500, 500)]
    public async Task Pages_hold_each_request_once_oldest_first_whatever_ends_between_them(int? limit, int largest)
    {
        await AskAsync(230);
        _owner = await ConnectAsync("owner");
        await _owner.TakeAllAsync();

        var (listed, cursor) = (new List<string>(), (string?)null);
        do
        {
            var page = await _owner.SucceedAsync("ROOM_JOIN_REQUESTS_RESPONSE", new { type = "ROOM_JOIN_REQUESTS", roomId = "r1", limit, cursor });
            string[] users = [.. page.GetProperty("requests").EnumerateArray().Select(request => request.Text("userId"))];
            users.Length.Should().Be(Math.Min(largest, 230 - listed.Count));
            listed.AddRange(users);
            cursor = page.Has("nextCursor") ? page.Text("nextCursor") : null;
            await _owner.SucceedAsync("ROOM_JOIN_DENIED", new { type = "ROOM_JOIN_DENY", roomId = "r1", userId = users[^1] });
        }
        while (cursor is not null);

        listed.Should().Equal(Enumerable.Range(1, 230).Select(i => $"u{i}"));
    }

    [TestCase("""{"limit":0}""", "limit")]
    [TestCase("""{"limit":501}""", "limit")]
    [TestCase("""{"cursor":"x"}""", "cursor")]
    [TestCase("""{"cursor":"request_0000000000000000000000000U"}""", "cursor")]
    public async Task A_limit_or_cursor_that_is_none_is_refused_by_its_name(string fields, string named)
    {
        var request = new Dictionary<string, object> { ["type"] = "ROOM_JOIN_REQUESTS", ["roomId"] = "r1" };
        foreach (var field in JsonElement.Parse(fields).EnumerateObject()) request[field.Name] = field.Value;

        (await _owner.BeRefusedAsync("VALIDATION_ERROR", request)).Message().Should().StartWith(named);
    }

    /// <summary>The next frames are the oldest requests of a room, and behind them the number of all where these are not all.</summary>
    private static async Task ExpectOldestAsync(TestClient client, string roomId, int sent, int all)
    {
        for (var i = 1; i <= sent; i++)
        {
            var asked = await client.ExpectAsync("ROOM_JOIN_REQUESTED");
            (asked.Text("roomId"), asked.Text("userId")).Should().Be((roomId, $"u{i}"));
        }

        if (sent == all) return;
        var notice = await client.ExpectAsync("ROOM_JOIN_REQUESTS_PENDING");
        (notice.Text("roomId"), notice.Number("count")).Should().Be((roomId, all));
    }

    /// <summary>Has u1, u2 … ask, one after the other, while the server is down.</summary>
    private Task AskAsync(int count, string roomId = "r1") => Server.RestartAsync(options =>
    {
        using var database = Server.Database.Open();
        database.Run($"INSERT INTO join_requests (room_number, user_id, request_id, requested_at) SELECT number, 'u' || value, 'request_' || {SqlRows.Padded("value", 26)}, value FROM rooms CROSS JOIN {SqlRows.Numbers(count)} AS numbers WHERE id = '{roomId}'");
        database.Run($"UPDATE rooms SET join_request_count = {count} WHERE id = '{roomId}'");
    });
}
