using FluentAssertions;
using NUnit.Framework;
using RoomWs.Tests.Support;

namespace RoomWs.Tests.Transport;

internal sealed class HandshakeTests : EndToEndTest
{
    private readonly ManualTimeProvider _time = new();

    private static readonly (string Head, int Status, string Says)[] Refused =
    [
        (RawClient.Upgrade("/"), 404, "/ws"),
        (RawClient.Upgrade("/ws/"), 404, "/ws"),
        (RawClient.Upgrade("/WS"), 404, "/ws"),
        (RawClient.Upgrade("/wsx?user=alice"), 404, "/ws"),
        ("GET /rooms HTTP/1.1\r\nHost: localhost\r\n\r\n", 404, "/ws"),
        ("GET /ws HTTP/1.1\r\nHost: localhost\r\n\r\n", 426, "WebSocket"),
        ("GET /ws HTTP/1.1\r\nHost: localhost\r\nUpgrade: websocket\r\n\r\n", 426, "Upgrade"),
        ("GET /ws HTTP/1.1\r\nHost: localhost\r\nConnection: Upgrade\r\nUpgrade: h2c\r\n\r\n", 426, "Upgrade"),
        (RawClient.Upgrade(version: "Sec-WebSocket-Version: 8"), 426, "13"),
        (RawClient.Upgrade(version: ""), 426, "13"),
        (RawClient.Upgrade(key: ""), 400, "Sec-WebSocket-Key"),
        (RawClient.Upgrade(key: "Sec-WebSocket-Key: c2hvcnQ="), 400, "Sec-WebSocket-Key"),
        (RawClient.Upgrade(key: "Sec-WebSocket-Key: !!!!!!!!!!!!!!!!!!!!!!!!"), 400, "Sec-WebSocket-Key"),
        (RawClient.Upgrade(method: "POST"), 400, "GET"),
        (RawClient.Upgrade(method: "FROB"), 400, "GET"),
        (RawClient.Upgrade(protocol: "HTTP/1.0"), 400, "HTTP/1.1"),
        (RawClient.Upgrade(host: ""), 400, "Host"),
        (RawClient.Upgrade(host: "Host: "), 400, "Host"),
        (RawClient.Upgrade(more: "no colon here"), 400, "HTTP/1.1"),
        (RawClient.Upgrade(more: "a b: c"), 400, "HTTP/1.1"),
        (RawClient.Upgrade(protocol: "HTTP/9.9"), 400, "HTTP/1.1"),
        ("garbage\r\n\r\n", 400, "HTTP/1.1"),
        ("\0\u0001\u0002\u00ff\r\n\r\n", 400, "HTTP/1.1"),
        ("\r\n\r\n", 400, "HTTP/1.1"),
        (RawClient.Upgrade(more: "X: " + new string('x', 32_768)), 431, "32768"),
        ("GET /" + new string('x', 33_000), 431, "32768"),
    ];

    private static IEnumerable<TestCaseData> RefusedCases => Refused.Select((c, i) => new TestCaseData(c.Head, c.Status, c.Says).SetArgDisplayNames($"{i}: {c.Status}"));

    protected override TimeProvider Time => _time;

    [TestCaseSource(nameof(RefusedCases))]
    public async Task What_is_no_upgrade_is_refused_in_words_and_the_connection_ends(string head, int status, string says)
    {
        using var raw = await RawClient.ConnectAsync(Server);

        await raw.SendAsync(head);

        var response = await raw.ReadResponseAsync();
        response.Status.Should().Be(status, response.Body);
        response.Body.Should().Contain(says).And.EndWith("\n");
        (await raw.IsAtEndAsync()).Should().BeTrue();
        if (status == 426) response.HasHeader(RawClient.VersionLine).Should().BeTrue();
    }

    [Test]
    public async Task A_valid_upgrade_is_accepted_with_the_key_of_the_rfc_and_no_subprotocol()
    {
        using var raw = await RawClient.ConnectAsync(Server);

        await raw.SendAsync(RawClient.Upgrade());

        var response = await raw.ReadResponseAsync();
        response.Status.Should().Be(101);
        response.HasHeader("Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=").Should().BeTrue();
        response.HasHeader("Upgrade: websocket").Should().BeTrue();
        response.HasHeader("Connection: Upgrade").Should().BeTrue();
        response.Head.Should().NotContain("Sec-WebSocket-Protocol").And.NotContain("Sec-WebSocket-Extensions");
    }

    [TestCase("Sec-WebSocket-Protocol: roomws.v1", true)]
    [TestCase("Sec-WebSocket-Protocol: other, roomws.v1", true)]
    [TestCase("Sec-WebSocket-Protocol: other\r\nSec-WebSocket-Protocol: roomws.v1", true)]
    [TestCase("Sec-WebSocket-Protocol: roomws.v2", false)]
    public async Task The_subprotocol_is_selected_where_it_is_offered(string header, bool selected)
    {
        using var raw = await RawClient.ConnectAsync(Server);

        await raw.SendAsync(RawClient.Upgrade(more: header));

        var response = await raw.ReadResponseAsync();
        response.Status.Should().Be(101);
        response.HasHeader("Sec-WebSocket-Protocol: roomws.v1").Should().Be(selected);
    }

    [Test]
    public async Task A_head_that_comes_byte_by_byte_is_read_and_so_are_frames()
    {
        using var raw = await RawClient.ConnectAsync(Server);

        foreach (var c in RawClient.Upgrade()) await raw.SendAsync(c.ToString());
        (await raw.ReadResponseAsync()).Status.Should().Be(101);
        foreach (var b in RawClient.TextFrame("""{"type":"ROOM_LIST"}""")) await raw.SendAsync([b]);

        (await raw.ReadFrameAsync()).Text.Should().StartWith("""{"type":"ROOM_LIST_RESPONSE","success":true,"rooms":[],"count":0""");
    }

    [Test]
    public async Task Frames_in_the_packet_of_the_head_are_not_lost()
    {
        using var raw = await RawClient.ConnectAsync(Server);

        await raw.SendAsync([
            .. System.Text.Encoding.ASCII.GetBytes(RawClient.Upgrade()),
            .. RawClient.TextFrame("""{"type":"ROOM_CREATE","roomId":"r1"}"""),
            .. RawClient.TextFrame("""{"type":"PING"}"""),]);

        (await raw.ReadResponseAsync()).Status.Should().Be(101);
        (await raw.ReadFrameAsync()).Text.Should().Contain("\"roles\":{\"alice\":\"OWNER\"}");
        (await raw.ReadFrameAsync()).Text.Should().Contain("PONG");
    }

    [TestCase("")]
    [TestCase("GET /ws HTTP/1.1\r\nHost: localhost\r\n")]
    public async Task A_head_that_is_not_whole_within_5_seconds_is_given_up(string beginning)
    {
        var standing = _time.PendingTimers;
        using var raw = await RawClient.ConnectAsync(Server);
        await raw.SendAsync(beginning);
        await Deadline.UntilAsync(() => _time.PendingTimers > standing, "the server waits for the head");

        _time.Advance(TimeSpan.FromSeconds(5));

        (await raw.ReadResponseAsync()).Status.Should().Be(408);
        (await raw.IsAtEndAsync()).Should().BeTrue();
        _time.PendingTimers.Should().Be(standing);
    }

    [Test]
    public async Task A_client_that_goes_away_in_its_handshake_leaves_no_trace()
    {
        var standing = _time.PendingTimers;
        var raw = await RawClient.ConnectAsync(Server);
        await raw.SendAsync("GET /ws");
        await Deadline.UntilAsync(() => _time.PendingTimers > standing, "the server waits for the head");

        raw.Dispose();

        await Deadline.UntilAsync(() => _time.PendingTimers == standing, "the server waits no more");
    }

    [TestCase("Origin: https://app.example.com", 101)]
    [TestCase("Origin: HTTPS://APP.EXAMPLE.COM", 101)]
    [TestCase("", 101)]
    [TestCase("Origin: https://evil.example.com", 403)]
    [TestCase("Origin: https://app.example.com.evil.com", 403)]
    [TestCase("Origin: http://app.example.com", 403)]
    [TestCase("Origin: null", 403)]
    [TestCase("Origin: https://app.example.com\r\nOrigin: https://evil.example.com", 403)]
    public async Task Only_allowed_origins_get_in_and_clients_that_are_no_browsers(string header, int status)
    {
        await Server.RestartAsync(options => options.AllowedOrigins = ["https://app.example.com"]);
        using var raw = await RawClient.ConnectAsync(Server);

        await raw.SendAsync(RawClient.Upgrade(more: header));

        (await raw.ReadResponseAsync()).Status.Should().Be(status);
    }

    [OneNode]
    [Test]
    public async Task A_full_server_refuses_until_a_connection_ends()
    {
        await LimitAsync(limits => limits.Connections = 2);
        var alice = await ConnectAsync("alice");
        await ConnectAsync("bob");
        using (var raw = await RawClient.ConnectAsync(Server))
        {
            await raw.SendAsync(RawClient.Upgrade());
            (await raw.ReadResponseAsync()).Status.Should().Be(503);
        }

        await alice.CloseAsync();

        var status = 503;
        // The close is answered a moment before the place is free.
        while (status == 503)
        {
            using var raw = await RawClient.ConnectAsync(Server);
            await raw.SendAsync(RawClient.Upgrade());
            status = (await raw.ReadResponseAsync()).Status;
        }

        status.Should().Be(101);
    }
}
