using System.Text.Json;
using FluentAssertions;
using NUnit.Framework;
using RoomWs.Protocol.Connection;
using RoomWs.Server.Configuration;
using RoomWs.Tests.Support;

namespace RoomWs.Tests.WholeServer;

/// <summary>The limits that HELLO_ACK tells are those that are set, and those that hold: what is at one is taken, what is past it is not.</summary>
internal sealed class LimitsTests : EndToEndTest
{
    private readonly ManualTimeProvider _time = new();

    protected override TimeProvider Time => _time;

    /// <summary>No limit has its default, and no two of them are the same.</summary>
    protected override void Configure(RoomWsOptions options) => options.Limits = new LimitOptions
    {
        MessageBytes = 4_003,
        NameLength = 11,
        ContentLength = 13,
        BoardsPerRoom = 2,
        BoardBytes = 31,
        CursorsPerSecond = 17,
        ThumbnailUrlLength = 29,
        UserIdsPerRequest = 5,
        MembersPerRoom = 7,
        RoomsPerUser = 3,
        AddedRoomsPerUser = 8,
        ConnectionsPerUser = 4,
        RequestsPerSecond = 19,
        RequestBurst = 23,
        UserRequestsPerSecond = 31,
        UserBytesPerSecond = 20_011,
        CreatesPerMinute = 37,
        AddsPerMinute = 41,
        MembershipActionsPerMinute = 6,
    };

    [Test]
    public async Task Each_limit_that_is_told_is_the_one_that_is_set([Values] bool none)
    {
        // How often to send PING is a setting of connections.
        var limits = typeof(ClientLimits).GetProperties().Select(limit => limit.Name).Where(name => name != nameof(ClientLimits.PingSeconds)).ToList();
        if (none)
        {
            await LimitAsync(set =>
            {
                foreach (var name in limits.Where(IsOptional)) typeof(LimitOptions).GetProperty(name)!.SetValue(set, 0);
            });
        }

        var told = await ToldAsync(await ConnectAsync("alice"));

        told.EnumerateObject().Should().HaveCount(limits.Count + 1);
        told.Number("pingSeconds").Should().Be(Server.Options.PingSeconds);
        foreach (var name in limits)
        {
            told.Number(JsonNamingPolicy.CamelCase.ConvertName(name)).Should().Be((int)typeof(LimitOptions).GetProperty(name)!.GetValue(Server.Options.Limits)!, name);
        }
    }

    [Test]
    public async Task What_is_at_a_told_limit_is_taken_and_what_is_past_it_is_refused()
    {
        await LimitAsync(set => (set.RequestsPerSecond, set.MembershipActionsPerMinute, set.AddsPerMinute, set.CreatesPerMinute) = (0, 0, 0, 0));
        var alice = await ConnectAsync("alice");
        var told = await ToldAsync(alice);
        await alice.CreateRoomAsync("r1");

        await AtAndPastAsync(told.Number("nameLength"), "VALIDATION_ERROR", count => Patch(new { name = Text(count) }));
        await AtAndPastAsync(told.Number("thumbnailUrlLength"), "VALIDATION_ERROR", count => Patch(new { thumbnailUrl = "https://h/".PadRight(count, 'x') }));
        await AtAndPastAsync(told.Number("contentLength"), "VALIDATION_ERROR", count => new { type = "ROOM_MESSAGE", roomId = "r1", content = Text(count) });
        await AtAndPastAsync(told.Number("userIdsPerRequest"), "VALIDATION_ERROR", count => new { type = "ROOM_ADD_MEMBERS", roomId = "r1", userIds = Users(count) });
        // Its owner is a member, too.
        await AtAndPastAsync(told.Number("membersPerRoom") - 1, "JOIN_FAILED", count => new { type = "ROOM_ADD_MEMBERS", roomId = "r1", userIds = Users(count)[^2..] });
        await CountAsync(told.Number("boardsPerRoom"), "CREATE_FAILED", number => new { type = "ROOM_BOARD_CREATE", roomId = "r1", boardId = $"b{number}" });
        // She has one already.
        await CountAsync(told.Number("roomsPerUser") - 1, "CREATE_FAILED", number => new { type = "ROOM_CREATE", roomId = $"more{number}" });

        async Task AtAndPastAsync(long limit, string code, Func<int, object> request)
        {
            await alice.BeRefusedAsync(code, request((int)limit + 1));
            (await alice.RequestAsync(request((int)limit))).Code().Should().BeNull();
        }

        async Task CountAsync(long limit, string code, Func<int, object> request)
        {
            for (var number = 1; number <= limit; number++) (await alice.RequestAsync(request(number))).Code().Should().BeNull();
            await alice.BeRefusedAsync(code, request((int)limit + 1));
        }
    }

    [Test]
    public async Task The_told_rates_are_those_that_hold()
    {
        var alice = await ConnectAsync("alice");
        var told = await ToldAsync(alice);
        // HELLO was one.
        for (var i = told.Number("requestBurst") - 1; i > 0; i--) await alice.SucceedAsync("PONG", new { type = "PING" });
        await alice.BeRefusedAsync("RATE_LIMITED", new { type = "PING" });
        _time.Advance(TimeSpan.FromSeconds(1));
        for (var i = told.Number("requestsPerSecond"); i > 0; i--) await alice.SucceedAsync("PONG", new { type = "PING" });
        await alice.BeRefusedAsync("RATE_LIMITED", new { type = "PING" });
        _time.Advance(TimeSpan.FromSeconds(1));
        for (var i = told.Number("membershipActionsPerMinute"); i > 0; i--) await alice.BeRefusedAsync("NOT_FOUND", new { type = "ROOM_JOIN", roomId = "r1" });
        (await alice.BeRefusedAsync("RATE_LIMITED", new { type = "ROOM_JOIN", roomId = "r1" })).Message().Should().Contain("MembershipActionsPerMinute");
    }

    [OneNode]
    [Test]
    public async Task The_told_bytes_and_connections_are_those_that_hold()
    {
        var clients = new List<TestClient> { await ConnectAsync("alice") };
        var told = await ToldAsync(clients[0]);
        while (clients.Count < told.Number("connectionsPerUser"))
        {
            clients.Add(await ConnectAsync("alice"));
            await clients[^1].SettleAsync();
        }

        var surplus = await ConnectAsync("alice");
        (await surplus.ExpectAsync("ERROR")).Message().Should().Contain("ConnectionsPerUser");
        await surplus.ExpectCloseAsync(1008);

        await clients[0].SendAsync("""{"type":"PING"}""".PadRight((int)told.Number("messageBytes")));
        await clients[0].ExpectAsync("PONG");
        await clients[0].SendAsync("""{"type":"PING"}""".PadRight((int)told.Number("messageBytes") + 1));
        await clients[0].ExpectCloseAsync(1009);
    }

    [Test]
    public async Task Zero_is_no_limit_for_rooms_members_boards_and_connections()
    {
        await LimitAsync(set =>
        {
            foreach (var name in SettingTable.All.Where(setting => setting.Name.StartsWith("Limits:", StringComparison.Ordinal)).Select(setting => setting.Name["Limits:".Length..]).Where(IsOptional))
            {
                typeof(LimitOptions).GetProperty(name)!.SetValue(set, 0);
            }
        });
        var alice = await ConnectAsync("alice");
        for (var i = 0; i < 50; i++) await (await ConnectAsync("alice")).SettleAsync();
        for (var i = 0; i < 50; i++) await alice.CreateRoomAsync($"r{i}");
        for (var i = 0; i < 50; i++) await alice.SucceedAsync("ROOM_MEMBERS_UPDATED", new { type = "ROOM_ADD_MEMBERS", roomId = "r0", userIds = new[] { $"u{i}" } });
        for (var i = 0; i < 50; i++) await alice.CreateBoardAsync("r0", $"b{i}");
    }

    private static async Task<JsonElement> ToldAsync(TestClient client) =>
        (await client.SucceedAsync("HELLO_ACK", new { type = "HELLO", version = 1 })).GetProperty("limits");

    private static bool IsOptional(string limit) =>
        typeof(LimitOptions).GetProperty(limit)!.GetCustomAttributes(typeof(HelpAttribute), inherit: false) is [HelpAttribute { ZeroIsNoLimit: true }];

    private static object Patch(object patch) => new { type = "ROOM_UPDATE_META", roomId = "r1", patch };

    private static string Text(int count) => new('x', count);

    private static string[] Users(int count) => [.. Enumerable.Range(1, count).Select(i => $"user{i}")];
}
