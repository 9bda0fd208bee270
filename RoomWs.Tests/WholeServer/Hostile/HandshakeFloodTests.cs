using System.Net.Sockets;
using System.Text;
using FluentAssertions;
using NUnit.Framework;
using RoomWs.Tests.Support;

namespace RoomWs.Tests.WholeServer.Hostile;

/// <summary>Clients that never finish their handshake, or say something else in it.</summary>
[OneNode]
internal sealed class HandshakeFloodTests : EndToEndTest
{
    private const int Many = 1_000;

    private readonly ManualTimeProvider _time = new();

    protected override TimeProvider Time => _time;

    [Test]
    public async Task A_thousand_half_open_handshakes_keep_no_client_out_and_all_end_at_the_deadline()
    {
        var standing = _time.PendingTimers;
        var half = new List<RawClient>();
        for (var i = 0; i < Many; i++)
        {
            var raw = await RawClient.ConnectAsync(Server);
            // Some of them have not said a word yet.
            if (i % 2 == 0) await raw.SendAsync("GET /ws?user=alice HTTP/1.1\r\nHost: localhost\r\n");
            half.Add(raw);
        }

        await Deadline.UntilAsync(() => _time.PendingTimers >= standing + Many, "all of them stand in their handshake");
        var alice = await ConnectAsync("alice");
        await alice.CreateRoomAsync("r1");
        _time.PendingTimers.Should().BeGreaterThanOrEqualTo(standing + Many, "they still do");
        Server.Core.Connections.Count.Should().Be(1, "none of them counts as a connection");

        _time.Advance(TimeSpan.FromSeconds(5));

        foreach (var raw in half)
        {
            (await raw.ReadResponseAsync()).Status.Should().Be(408);
            raw.Dispose();
        }

        await alice.SettleAsync();
    }

    [TestCase(2, "")]
    [TestCase(5, "GET /ws?user=alice HTTP/1.1\r\nHost: localhost\r\n")]
    public async Task Half_open_handshakes_take_the_places_of_a_limit_and_no_more_and_give_them_back(int limit, string beginning)
    {
        await LimitAsync(limits => limits.Connections = limit);
        using var metrics = new MetricsRecorder(Server);
        var standing = _time.PendingTimers;
        var half = new List<RawClient>();
        for (var i = 0; i < limit; i++)
        {
            half.Add(Server.Track(await RawClient.ConnectAsync(Server)));
            await half[i].SendAsync(beginning);
        }

        await Deadline.UntilAsync(() => _time.PendingTimers >= standing + limit, "they stand in their handshake");
        (await AskAsync()).Should().Be(503);
        metrics.Sums("roomws.handshake.refusals").Should().Equal(new Dictionary<string, double> { ["roomws.handshake.status=503"] = 1 });

        _time.Advance(TimeSpan.FromSeconds(5));
        foreach (var raw in half) (await raw.ReadResponseAsync()).Status.Should().Be(408);
        foreach (var raw in half) raw.Dispose();
        await Deadline.UntilAsync(async () => await AskAsync() == 101, "the places are free again");
    }

    [Test]
    public async Task Surplus_that_says_nothing_is_cut_off_past_those_that_are_told_and_all_of_it_is_counted()
    {
        const int surplus = 300;
        await LimitAsync(limits => limits.Connections = 1);
        using var metrics = new MetricsRecorder(Server);
        var alice = await ConnectAsync("alice");

        var silent = new List<RawClient?>();
        while (silent.Count < surplus) silent.Add(await TryConnectAsync());

        // Those that are told are 64 at most, and wait for their request.
        await Deadline.UntilAsync(() => Refused() >= surplus - 64, "the others are cut off");
        await alice.SettleAsync();
        _time.Advance(TimeSpan.FromSeconds(5));
        await Deadline.UntilAsync(() => metrics.Sums("roomws.handshake.refusals").Values.Sum() >= surplus, "the rest are too late with their request");
        await Deadline.UntilAsync(
            () => Server.Log.Entries.Any(entry => entry.EventId == 3006 && entry.Message.Contains("with 503", StringComparison.Ordinal)),
            "the housekeeping logs how many more there were");

        double Refused() => metrics.Sums("roomws.handshake.refusals").GetValueOrDefault("roomws.handshake.status=503");
    }

    [Test]
    public async Task A_head_that_comes_at_a_byte_a_second_is_refused_at_the_deadline()
    {
        var alice = await ConnectAsync("alice");
        await alice.SettleAsync();
        var standing = _time.PendingTimers;
        using var raw = await RawClient.ConnectAsync(Server);
        await Deadline.UntilAsync(() => _time.PendingTimers > standing, "the server waits for the head");

        foreach (var c in "GET /")
        {
            await raw.SendAsync(c.ToString());
            await alice.SettleAsync();
            _time.Advance(TimeSpan.FromSeconds(1));
        }

        (await raw.ReadResponseAsync()).Status.Should().Be(408);
        (await raw.IsAtEndAsync()).Should().BeTrue();
    }

    [TestCase("\u0016\u0003\u0001\u0002\u0000\u0001\u0000\u0001\u00fc\u0003\u0003", Description = "what TLS begins with")]
    [TestCase("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", Description = "what HTTP/2 begins with")]
    [TestCase("\u0000\u0000\u0000\u0000")]
    [TestCase("QUIT\r\n")]
    [TestCase("POST /ws HTTP/1.1\r\nHost: localhost\r\nContent-Length: 4\r\n\r\nbody")]
    [TestCase("GET / HTTP/1.1\r\nHost: localhost\r\n\r\n")]
    public async Task What_comes_before_an_upgrade_is_refused_and_the_upgrade_with_it(string before)
    {
        using var raw = await RawClient.ConnectAsync(Server);

        await raw.SendAsync(before + RawClient.Upgrade());

        (await raw.ReadResponseAsync()).Status.Should().BeOneOf(400, 404, 426);
        (await raw.IsAtEndAsync()).Should().BeTrue();
        Server.Core.Connections.Count.Should().Be(0);
    }

    [TestCase("\r\n")]
    [TestCase("\n")]
    [TestCase("\0")]
    public async Task A_head_without_an_end_is_given_up_at_its_limit(string separator)
    {
        using var raw = await RawClient.ConnectAsync(Server);
        var line = Encoding.Latin1.GetBytes("X: " + new string('x', 96) + separator);

        await raw.SendAsync("GET /ws HTTP/1.1\r\n");
        for (var sent = 0; sent < 33_000; sent += line.Length) await raw.SendAsync(line);

        (await raw.ReadResponseAsync()).Status.Should().Be(431);
        (await raw.IsAtEndAsync()).Should().BeTrue();
    }

    /// <summary>Connects. Null where the server cuts the connection off before that is done.</summary>
    private async Task<RawClient?> TryConnectAsync()
    {
        try
        {
            return await RawClient.ConnectAsync(Server);
        }
        catch (SocketException)
        {
            return null;
        }
    }

    private async Task<int> AskAsync()
    {
        using var raw = await RawClient.ConnectAsync(Server);
        await raw.SendAsync(RawClient.Upgrade());
        return (await raw.ReadResponseAsync()).Status;
    }

    [Test]
    public async Task Connections_that_are_full_are_told_so_and_zero_is_no_limit()
    {
        await LimitAsync(limits => limits.Connections = 1);
        var alice = await ConnectAsync("alice");
        await alice.SettleAsync();
        for (var i = 0; i < 3; i++)
        {
            using var raw = await RawClient.ConnectAsync(Server);
            await raw.SendAsync(RawClient.Upgrade());
            var response = await raw.ReadResponseAsync();
            response.Status.Should().Be(503);
            response.Body.Should().Contain("Connections");
        }

        await alice.SettleAsync();

        await LimitAsync(limits => limits.Connections = 0);
        for (var i = 0; i < 30; i++) await (await ConnectAsync("alice")).SettleAsync();
    }
}
