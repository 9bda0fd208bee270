using System.Net.WebSockets;
using System.Text.Json;
using FluentAssertions;
using NUnit.Framework;
using RoomWs.Protocol;
using RoomWs.Protocol.Connection;
using RoomWs.Tests.Support;

namespace RoomWs.Tests.Metrics;

/// <summary>What the meter RoomWs says of requests, changes, connections and rooms.</summary>
[OneNode]
internal sealed class MetricsTests : EndToEndTest
{
    private readonly ManualTimeProvider _time = new();

    private MetricsRecorder _metrics = null!;

    protected override TimeProvider Time => _time;

    [SetUp]
    public void Listen() => _metrics = new MetricsRecorder(Server);

    [TearDown]
    public void StopListening() => _metrics.Dispose();

    private static IEnumerable<ErrorCode> ErrorCodes => Enum.GetValues<ErrorCode>();

    [Test]
    public void Every_instrument_has_a_unit()
    {
        var units = new Dictionary<string, string?>
        {
            ["roomws.connections"] = "{connection}",
            ["roomws.closes"] = "{connection}",
            ["roomws.storage.prefetch_misses"] = "{read}",
            ["roomws.handshake.refusals"] = "{handshake}",
            ["roomws.requests"] = "{request}",
            ["roomws.request.duration"] = "s",
            ["roomws.rate_limit.refusals"] = "{request}",
            ["roomws.commit.duration"] = "s",
            ["roomws.commit.changes"] = "{change}",
            ["roomws.outbox.size"] = "By",
            ["roomws.rooms"] = "{room}",
            ["roomws.room.members"] = "{member}",
            ["roomws.users.online"] = "{user}",
        };
        if (Server.Database is PostgresDatabase)
        {
            (units["roomws.feed.position"], units["roomws.feed.lag"], units["roomws.feed.queue_usage"]) = ("{batch}", "{batch}", "1");
        }

        _metrics.Units.Should().BeEquivalentTo(units);
    }

    [Test]
    public async Task Requests_count_by_type_and_outcome()
    {
        var alice = await ConnectAsync("alice");
        await alice.CreateRoomAsync("r1");
        await alice.BeRefusedAsync("CREATE_FAILED", new { type = "ROOM_CREATE", roomId = "r1" });
        await alice.BeRefusedAsync("NOT_FOUND", new { type = "ROOM_INFO", roomId = "r2" });
        await alice.BeRefusedAsync("VALIDATION_ERROR", new { type = "ROOM_INFO" });
        await alice.SucceedAsync("ROOM_STATE", new { type = "ROOM_ENTER", roomId = "r1" });
        await alice.SendAsync(new { type = "ROOM_CURSOR", roomId = "r1", x = 1, y = 2 });
        await alice.BeRefusedAsync("UNKNOWN_TYPE", new { type = "MADE_UP" });
        await alice.SendAsync("no JSON");
        await alice.ExpectAsync("ERROR");
        await alice.SucceedAsync("RESYNC_START", new { type = "RESUME" });
        await alice.SucceedAsync("PONG", new { type = "PING" });

        // The PONG is queued, and so sent, a moment before it counts; what was before it has counted.
        var counted = _metrics.Sums("roomws.requests");
        counted.Remove(Request("PING", "ok"));
        counted.Should().Equal(new Dictionary<string, double>
        {
            [Request("ROOM_CREATE", "ok")] = 1,
            [Request("ROOM_CREATE", "CREATE_FAILED")] = 1,
            [Request("ROOM_INFO", "NOT_FOUND")] = 1,
            [Request("ROOM_INFO", "VALIDATION_ERROR")] = 1,
            [Request("ROOM_ENTER", "ok")] = 1,
            [Request("ROOM_CURSOR", "ok")] = 1,
            [Request("UNKNOWN", "UNKNOWN_TYPE")] = 1,
            [Request("UNKNOWN", "VALIDATION_ERROR")] = 1,
            [Request("RESUME", "ok")] = 1,
        });
        _metrics.Of("roomws.request.duration").Select(measured => measured.Tags).Should().Contain(
            ["roomws.request.type=ROOM_CREATE", "roomws.request.type=ROOM_CURSOR", "roomws.request.type=UNKNOWN"]);
        _metrics.Of("roomws.request.duration").Should().OnlyContain(measured => measured.Value == 0, "the clock stands still");
    }

    [TestCaseSource(nameof(ErrorCodes))]
    public void An_outcome_has_the_name_of_the_error_that_clients_see(ErrorCode code)
    {
        Server.Core.Metrics.RequestEnds(new("ROOM_JOIN", null), code);

        var name = JsonSerializer.SerializeToElement(new ErrorReply(code, ""), ProtocolJson.Wire.ErrorReply).Text("code");
        _metrics.Sums("roomws.requests").Should().ContainSingle().Which.Key.Should().Be(Request("ROOM_JOIN", name));
        _metrics.Of("roomws.request.duration").Should().BeEmpty("nobody took the time");
    }

    [Test]
    public async Task A_change_counts_once_it_is_committed_and_with_its_batch()
    {
        var alice = await ConnectAsync("alice");
        await alice.CreateRoomAsync("r1");
        var before = _metrics.Of("roomws.commit.changes").Sum(measured => measured.Value);

        for (var i = 0; i < 5; i++) await alice.SucceedAsync("ROOM_UPDATED", new { type = "ROOM_UPDATE_META", roomId = "r1", patch = new { name = $"n{i}" } });

        (_metrics.Of("roomws.commit.changes").Sum(measured => measured.Value) - before).Should().Be(5);
        _metrics.Of("roomws.commit.duration").Should().HaveCount(_metrics.Of("roomws.commit.changes").Count);
    }

    [Test]
    public async Task A_refusal_over_a_rate_limit_counts_by_its_limit()
    {
        await LimitAsync(limits =>
        {
            (limits.RequestsPerSecond, limits.RequestBurst) = (1, 6);
            limits.MembershipActionsPerMinute = 1;
            limits.CreatesPerMinute = 1;
        });
        using var metrics = new MetricsRecorder(Server);
        var alice = await ConnectAsync("alice");
        for (var i = 0; i < 2; i++) await alice.RequestAsync(new { type = "ROOM_JOIN", roomId = "none" });
        for (var i = 0; i < 2; i++) await alice.RequestAsync(new { type = "ROOM_CREATE" });
        JsonElement reply;
        do reply = await alice.RequestAsync(new { type = "PING" });
        while (reply.Type() == "PONG");

        await Deadline.UntilAsync(() => metrics.Sums("roomws.rate_limit.refusals").Count == 3, "the refusals count");
        metrics.Sums("roomws.rate_limit.refusals").Should().Contain("roomws.limit=MembershipActionsPerMinute", 1).And.Contain("roomws.limit=RequestsPerSecond", 1).And.Contain("roomws.limit=CreatesPerMinute", 1);
    }

    [Test]
    public async Task Connections_and_rooms_in_use_show_when_somebody_looks()
    {
        var alice = await ConnectAsync("alice");
        var bob = await ConnectAsync("bob");
        await alice.CreateRoomAsync("r1", members: ["bob", "carol"]);
        await alice.CreateRoomAsync("r2");

        _metrics.Look("roomws.connections").Should().Be(2);
        _metrics.Look("roomws.rooms").Should().Be(2);
        _metrics.Look("roomws.room.members").Should().Be(4);
        await Deadline.UntilAsync(() => _metrics.Look("roomws.users.online") == 2, "both are shown");

        await bob.CloseAsync();
        await alice.SucceedAsync("ROOM_DELETED", new { type = "ROOM_DELETE", roomId = "r1" });
        await Deadline.UntilAsync(() => _metrics.Look("roomws.connections") == 1, "bob is gone");
        _metrics.Look("roomws.rooms").Should().Be(1);
        _metrics.Look("roomws.room.members").Should().Be(1);
    }

    [Test]
    public async Task What_waits_for_a_client_that_does_not_read_shows_in_the_outbox()
    {
        using var sleeper = await RawClient.OpenAsync(Server, "?user=sleeper");
        var alice = await ConnectAsync("alice");
        await alice.CreateRoomAsync("r1", members: ["sleeper"]);
        var content = new string('x', 10_000);

        for (var i = 0; i < 2_000 && _metrics.Look("roomws.outbox.size") < 1_000_000; i++)
            await alice.SucceedAsync("ROOM_MESSAGE_RESPONSE", new { type = "ROOM_MESSAGE", roomId = "r1", content });

        _metrics.Look("roomws.outbox.size").Should().BeGreaterThan(1_000_000);
        sleeper.Dispose();
        await Deadline.UntilAsync(() => _metrics.Look("roomws.outbox.size") == 0, "nothing waits any more");
    }

    [Test]
    public async Task A_close_of_the_client_counts_by_its_code_and_made_up_codes_count_as_one()
    {
        await (await ConnectAsync("alice")).CloseAsync();
        foreach (var code in new[] { 3_000, 4_999 })
            await (await ConnectAsync("bob")).Socket.CloseAsync((WebSocketCloseStatus)code, null, CancellationToken.None).OrFailAsync("the close");
        using (await RawClient.OpenAsync(Server))
        {
            // Goes without a word.
        }

        await Deadline.UntilAsync(() => _metrics.Of("roomws.closes").Count == 4, "all four are gone");
        _metrics.Sums("roomws.closes").Should().Equal(new Dictionary<string, double>
        {
            ["roomws.close.by=client roomws.close.code=1000"] = 1,
            ["roomws.close.by=client roomws.close.code=other"] = 2,
            ["roomws.close.by=nobody roomws.close.code=1006"] = 1,
        });
    }

    [Test]
    public async Task Without_a_listener_no_time_is_taken()
    {
        _metrics.Dispose();
        await (await ConnectAsync("alice")).CreateRoomAsync("r1");

        Server.Core.Metrics.RequestStarts().Should().BeNull();
        Server.Core.Metrics.CommitStarts().Should().BeNull();
    }

    private static string Request(string type, string outcome) => $"roomws.request.outcome={outcome} roomws.request.type={type}";
}
