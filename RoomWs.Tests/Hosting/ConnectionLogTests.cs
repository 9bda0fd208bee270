using FluentAssertions;
using Microsoft.Extensions.Logging;
using NUnit.Framework;
using RoomWs.Server.Configuration;
using RoomWs.Tests.Support;

namespace RoomWs.Tests.Hosting;

/// <summary>What the log and the metrics tell of connections that are refused, however many there are.</summary>
[OneNode]
internal sealed class ConnectionLogTests : EndToEndTest
{
    private const int Refused = 3005;
    private const int MoreRefused = 3006;

    private readonly ManualTimeProvider _time = new();

    private MetricsRecorder _metrics = null!;

    protected override TimeProvider Time => _time;

    [SetUp]
    public void Listen() => _metrics = new MetricsRecorder(Server);

    [TearDown]
    public void StopListening() => _metrics.Dispose();

    protected override void Configure(RoomWsOptions options) => options.AllowedOrigins = ["https://ours.example"];

    [Test]
    public async Task Another_origin()
    {
        await RefuseAsync(403, RawClient.Upgrade(more: "Origin: https://evil.example/\u001b[31m"));

        var line = Lines(Refused).Should().ContainSingle().Subject;
        line.Level.Should().Be(LogLevel.Information);
        line.Message.Should().Be("Refused an upgrade (from 127.0.0.1, a page of https://evil.example/?[31m) with 403: The Origin is neither of this machine nor among AllowedOrigins, as development mode (Dev) asks for");
        _metrics.Sums("roomws.handshake.refusals").Should().Equal(new Dictionary<string, double> { ["roomws.handshake.status=403"] = 1 });
    }

    [Test]
    public async Task A_full_server_is_a_warning()
    {
        await Server.RestartAsync(options => options.Limits.Connections = 1);
        await ConnectAsync("alice");

        await RefuseAsync(503, RawClient.Upgrade());

        var line = Lines(Refused).Should().ContainSingle().Subject;
        line.Level.Should().Be(LogLevel.Warning);
        line.Message.Should().Contain("with 503: The server has as many connections as it takes");
    }

    [Test]
    public async Task What_is_no_upgrade_never_has_the_bytes_of_the_client_in_its_line()
    {
        await RefuseAsync(400, "GET /ws?token=hunter2 HTTP/1.1\r\nno colon hunter2\r\n\r\n");
        await RefuseAsync(404, RawClient.Upgrade("/hunter2"));
        await RefuseAsync(426, RawClient.Upgrade("/ws?token=hunter2", version: "Sec-WebSocket-Version: 8"));

        Lines(Refused).Select(line => line.Message).Should().Equal(
            "Refused an upgrade (from 127.0.0.1) with 400: This is not an HTTP/1.1 request",
            "Refused an upgrade (from 127.0.0.1) with 404: There is nothing here. The WebSocket is at /ws",
            "Refused an upgrade (from 127.0.0.1) with 426: Sec-WebSocket-Version must be 13");
    }

    [Test]
    public async Task Many_of_one_kind_are_a_line_a_second_with_their_count_and_another_kind_has_its_own()
    {
        for (var i = 0; i < 20; i++) await RefuseAsync(403, RawClient.Upgrade(more: "Origin: https://evil.example"));
        await RefuseAsync(404, RawClient.Upgrade("/"));
        Lines(Refused).Should().HaveCount(2);
        Lines(MoreRefused).Should().BeEmpty();

        _time.Advance(TimeSpan.FromSeconds(1));

        await Deadline.UntilAsync(() => Lines(MoreRefused).Any(), "the count of those left out");
        Lines(MoreRefused).Should().ContainSingle().Which.Message.Should().StartWith("Refused 19 more upgrades with 403 (the last from 127.0.0.1");
        _metrics.Sums("roomws.handshake.refusals")["roomws.handshake.status=403"].Should().Be(20);
    }

    [Test]
    public async Task Tokens_that_do_not_hold_are_a_line_a_second_too()
    {
        for (var i = 0; i < 5; i++)
        {
            var nobody = await TestClient.OpenAsync(Server, "?token=eyJhbGciOiJub25lIn0.secret.secret");
            await nobody.ExpectAsync("ERROR");
            await nobody.ExpectCloseAsync(4003);
            await nobody.CloseAsync();
            await Deadline.UntilAsync(() => _metrics.Sums("roomws.closes").Values.Sum() == i + 1, "the end of the connection");
        }

        Lines(3001).Should().BeEmpty("the line of the end says all");
        Lines(3004).Should().ContainSingle();

        _time.Advance(TimeSpan.FromSeconds(1));

        await Deadline.UntilAsync(() => Lines(3007).Any(), "the count of those left out");
        Lines(3007).Should().ContainSingle().Which.Message.Should().StartWith("4 more connections without an identity were closed with 4003");
    }

    private async Task RefuseAsync(int status, string head)
    {
        using var raw = await RawClient.ConnectAsync(Server);
        await raw.SendAsync(head);
        (await raw.ReadResponseAsync()).Status.Should().Be(status);
    }

    private IEnumerable<LogEntry> Lines(int id) => Server.Log.Entries.Where(entry => entry.EventId == id);
}
