using System.Net.WebSockets;
using FluentAssertions;
using Microsoft.Extensions.Logging;
using NUnit.Framework;
using RoomWs.Tests.Support;

namespace RoomWs.Tests.Hosting;

/// <summary>Every end of a connection is one line of the log, and one count.</summary>
[OneNode]
internal sealed class CloseLogTests : EndToEndTest
{
    private const int Ended = 3002;
    private const int ClosedByRule = 3004;

    private readonly ManualTimeProvider _time = new();

    private MetricsRecorder _metrics = null!;

    protected override TimeProvider Time => _time;

    [SetUp]
    public void Listen() => _metrics = new MetricsRecorder(Server);

    [TearDown]
    public void StopListening() => _metrics.Dispose();

    [Test]
    public async Task A_binary_message() => await ExpectByRuleAsync("alice", 1003, "messages are text", async () =>
    {
        var alice = await ConnectAsync("alice");
        await alice.SendBytesAsync([1, 2, 3], WebSocketMessageType.Binary);
        await alice.ExpectCloseAsync(1003);
        await alice.CloseAsync();
    });

    [Test]
    public async Task A_message_that_is_not_utf_8() => await ExpectByRuleAsync("alice", 1007, "broken frame", async () =>
    {
        var raw = Server.Track(await RawClient.OpenAsync(Server));
        await raw.SendAsync(RawClient.Frame(0x81, [0xc3, 0x28]));
        (await raw.ReadFrameAsync()).CloseCode.Should().Be(1007);
    });

    [Test]
    public async Task A_frame_that_breaks_the_rfc() => await ExpectByRuleAsync("alice", 1002, "broken frame", async () =>
    {
        var raw = Server.Track(await RawClient.OpenAsync(Server));
        await raw.SendAsync(RawClient.Frame(0x81, [.. "{\"type\":\"PING\"}"u8], masked: false));
        (await raw.ReadFrameAsync()).CloseCode.Should().Be(1002);
    });

    [Test]
    public async Task A_message_that_is_too_big() => await ExpectByRuleAsync("alice", 1009, "at most", async () =>
    {
        var alice = await ConnectAsync("alice");
        await alice.SendAsync(new { type = "PING", padding = new string('x', 70_000) });
        await alice.ExpectCloseAsync(1009);
        await alice.CloseAsync();
    });

    [Test]
    public async Task Another_version_of_the_protocol() => await ExpectByRuleAsync("alice", 1008, "version", async () =>
    {
        var alice = await ConnectAsync("alice");
        await alice.BeRefusedAsync("UNSUPPORTED_PROTOCOL_VERSION", new { type = "HELLO", version = 99 });
        // It does not answer the close, and is cut off: that is the same line.
        await alice.ExpectCloseAsync(1008);
    });

    [Test]
    public async Task No_identity_in_time() => await ExpectByRuleAsync(user: null, 4001, "no identity within", async () =>
    {
        var nobody = await TestClient.OpenAsync(Server);
        await nobody.SucceedAsync("PONG", new { type = "PING" });
        _time.Advance(TimeSpan.FromSeconds(11));
        await nobody.ExpectCloseAsync(4001);
        await nobody.CloseAsync();
    });

    [Test]
    public async Task A_token_that_does_not_hold_and_is_not_told() => await ExpectByRuleAsync(user: null, 4003, "key", async () =>
    {
        var nobody = await TestClient.OpenAsync(Server, "?token=eyJhbGciOiJub25lIn0.secret.secret");
        await nobody.ExpectAsync("ERROR");
        await nobody.ExpectCloseAsync(4003);
        await nobody.CloseAsync();
    });

    [Test]
    public async Task A_shutdown_is_no_fault_of_the_client()
    {
        var alice = await ConnectAsync("alice");
        var drained = Server.Core.DrainAsync(CancellationToken.None);
        await alice.ExpectAsync("SERVER_DRAINING");
        await alice.ExpectCloseAsync(1001);
        await alice.CloseAsync();
        await drained.OrFailAsync("the drain");

        var line = await OnlyLineAsync();
        line.EventId.Should().Be(Ended);
        line.Level.Should().Be(LogLevel.Information);
        line.Message.Should().Contain("of user \"alice\"").And.Contain("with 1001: server is shutting down");
    }

    private async Task ExpectByRuleAsync(string? user, int code, string reason, Func<Task> breakRule)
    {
        await breakRule();

        var line = await OnlyLineAsync();
        line.EventId.Should().Be(ClosedByRule);
        line.Level.Should().Be(LogLevel.Warning);
        line.Message.Should().MatchRegex($"^Connection [0-9A-Z]+ of user {(user is null ? "\\(null\\)" : $"\"{user}\"")} ended after [0-9]+ s, closed with {code}: ").And.Contain(reason).And.NotContain("secret");
        _metrics.Sums("roomws.closes").Should().Equal(new Dictionary<string, double> { [$"roomws.close.by=server roomws.close.code={code}"] = 1 });
    }

    private async Task<LogEntry> OnlyLineAsync()
    {
        await Deadline.UntilAsync(() => Ends().Any(), "the line of the end");
        return Ends().Should().ContainSingle().Subject;
    }

    private IEnumerable<LogEntry> Ends() => Server.Log.Entries.Where(entry => entry.EventId is Ended or ClosedByRule);
}
