using System.Net.Sockets;
using System.Text.RegularExpressions;
using FluentAssertions;
using NUnit.Framework;
using RoomWs.Tests.Documentation;
using RoomWs.Tests.Support;

namespace RoomWs.Tests.WholeServer.Hostile;

/// <summary>More clients than the system lets the server have files open. A server that has none left for itself ends, with everybody on it.</summary>
[FixtureLifeCycle(LifeCycle.InstancePerTestCase)]
[Platform(Exclude = "Win", Reason = "There is no such limit.")]
internal sealed partial class FileLimitTests : IDisposable
{
    private const string Silent = "";
    private const string HalfDone = "GET /ws?user=mallory HTTP/1.1\r\nHost: localhost\r\n";

    private readonly TestFiles _files = new();
    private readonly List<RawClient> _flood = [];

    public void Dispose()
    {
        foreach (var client in _flood) client.Dispose();
        _files.Dispose();
    }

    [TestCase(320, Silent)]
    [TestCase(512, HalfDone)]
    public async Task Handshakes_that_never_end_take_no_more_places_than_there_are_and_give_them_back_in_time(int files, string beginning)
    {
        var (server, url) = await StartAsync($"ulimit -n {files}");
        using var _ = server;
        using var alice = await WireSocket.ConnectAsync(new Uri(url + "?user=alice"));
        await SayAsync(alice, "before");

        for (var i = 0; i < 3 * files; i++) await TryAsync(url, client => client.SendAsync(beginning));

        await SayAsync(alice, "meanwhile");
        // None of them leaves by itself: the server ends their handshakes.
        await Deadline.UntilAsync(async () => await TryOpenAsync(url, "bob"), "a place is free again");
        await SayAsync(alice, "after");
        (await EndAsync(server)).Should().MatchRegex(@"Refused \d+ more upgrades with 503 .*\(ulimit -n\)");
    }

    [TestCase(320)]
    [TestCase(400)]
    public async Task Clients_up_to_the_bound_are_served_the_surplus_is_refused_and_places_that_are_left_are_taken_again(int files)
    {
        var (server, url) = await StartAsync($"ulimit -n {files}", "--limits-connections", "100000");
        using var _ = server;
        using var alice = await WireSocket.ConnectAsync(new Uri(url + "?user=alice"));

        var accepted = 0;
        for (var i = 0; i < 2 * files; i++)
        {
            if (await TryOpenAsync(url, $"u{i}")) accepted++;
        }

        accepted.Should().BePositive().And.BeLessThan(files);
        await SayAsync(alice, "meanwhile");
        foreach (var client in _flood) client.Dispose();
        await Deadline.UntilAsync(async () => await TryOpenAsync(url, "bob"), "a place is free again");
        await SayAsync(alice, "after");

        var log = await EndAsync(server);
        Places(log).Should().Be(accepted + 1, "alice has one");
        log.Should().MatchRegex($@"WRN .*Limits:Connections is 100000, and there are places for {accepted + 1}, because this process may open {files} files: it needs \d+ \(ulimit -n");
    }

    [Test]
    public async Task A_soft_limit_is_raised_to_the_hard_one()
    {
        var (server, url) = await StartAsync("ulimit -Sn 300; ulimit -Hn 2048");
        using var _ = server;

        for (var i = 0; i < 600; i++) (await TryOpenAsync(url, $"u{i}")).Should().BeTrue();

        foreach (var client in _flood) client.Dispose();
        Places(await EndAsync(server)).Should().BeInRange(600, 2_048);
    }

    [Test]
    public async Task A_limit_that_leaves_no_place_stops_the_start_with_what_is_needed()
    {
        using var server = Run("ulimit -n 225");

        var (exitCode, error) = await server.EndAsync();

        exitCode.Should().Be(1);
        error.Should().MatchRegex(@"The system lets this process open 225 files, and the server needs \d+: raise the limit with ulimit -n");
    }

    [TestCase(64)]
    [TestCase(100)]
    [TestCase(150)]
    public async Task A_limit_far_too_low_is_one_line_and_no_stack(int files)
    {
        using var server = Run($"ulimit -n {files}");

        var (exitCode, error) = await server.EndAsync();

        exitCode.Should().Be(1);
        error.TrimEnd().Should().MatchRegex($@"\AThe system lets this process open {files} files, and the server needs \d+: raise the limit with ulimit -n, or with LimitNOFILE of systemd\z");
    }

    [TestCase(400, 200)]
    [TestCase(500, 150)]
    public async Task A_crowd_at_both_ports_takes_neither_the_server_nor_the_health_away(int files, int atOps)
    {
        var opsPort = FreePort();
        var ops = FormattableString.Invariant($"http://127.0.0.1:{opsPort}/health");
        var (server, url) = await StartAsync($"ulimit -n {files}", "--ops-port", opsPort.ToString(System.Globalization.CultureInfo.InvariantCulture));
        using var _ = server;
        using var alice = await WireSocket.ConnectAsync(new Uri(url + "?user=alice"));

        for (var i = 0; i < 3 * files; i++) await TryAsync(url, _ => Task.CompletedTask);
        for (var i = 0; i < atOps; i++) await TryAsync(ops, _ => Task.CompletedTask);

        await SayAsync(alice, "meanwhile");
        foreach (var client in _flood) client.Dispose();
        using var http = new HttpClient();
        await Deadline.UntilAsync(async () => await IsHealthyAsync(http, ops), "the operators' port answers again");
        await SayAsync(alice, "after");
        (await EndAsync(server)).Should().MatchRegex(@"Cut off \d+ connections to the operators' port").And.NotContain("WRN Microsoft");
    }

    private static int FreePort()
    {
        using var listener = new TcpListener(System.Net.IPAddress.Loopback, 0);
        listener.Start();
        return ((System.Net.IPEndPoint)listener.LocalEndpoint).Port;
    }

    private static async Task<bool> IsHealthyAsync(HttpClient http, string url)
    {
        try
        {
            return (await http.GetAsync(new Uri(url))).IsSuccessStatusCode;
        }
        catch (HttpRequestException)
        {
            // The crowd is not gone yet.
            return false;
        }
    }

    private static async Task SayAsync(WireSocket socket, string content)
    {
        await socket.SendAsync($$"""{"type":"ROOM_CREATE","name":"{{content}}"}""");
        (await socket.ReceiveAsync()).Should().StartWith("""{"type":"ROOM_CREATED",""");
    }

    /// <summary>Ends it in an orderly way, which takes a server that is in order. Returns its log.</summary>
    private static async Task<string> EndAsync(ServerProcess server)
    {
        server.Terminate();
        var (exitCode, log) = await server.EndAsync();
        exitCode.Should().Be(0, log);
        log.Should().NotContain(" ERR ").And.NotContain("Exception");
        return log;
    }

    private static int Places(string log) => int.Parse(PlacesLine().Match(log).Groups["places"].ValueSpan, System.Globalization.CultureInfo.InvariantCulture);

    private ServerProcess Run(string limit, params string[] flags) =>
        ServerProcess.Run(["bash", "-c", $"{limit}; exec \"$@\"", "bash"], ["serve", "--dev", "--port", "0", "--database", Path.Combine(_files.Folder, "rooms.db"), .. flags]);

    private async Task<(ServerProcess Server, string Url)> StartAsync(string limit, params string[] flags)
    {
        var server = Run(limit, flags);
        return (server, await server.UrlAsync());
    }

    /// <summary>Connects, and stays connected where the server has a place. It says that it has none, or cuts the connection off.</summary>
    private async Task<bool> TryOpenAsync(string url, string user)
    {
        var isOpen = false;
        await TryAsync(url, async client =>
        {
            await client.SendAsync(RawClient.Upgrade($"/ws?user={user}"));
            var response = await client.ReadResponseAsync();
            response.Status.Should().BeOneOf(101, 503);
            if (response.Status == 503) response.Body.Should().Contain("ulimit -n");
            isOpen = response.Status == 101;
        });
        return isOpen;
    }

    /// <summary>Connects, and does this unless the server cuts the connection off first.</summary>
    private async Task TryAsync(string url, Func<RawClient, Task> act)
    {
        try
        {
            var client = await RawClient.ConnectAsync(new Uri(url));
            _flood.Add(client);
            await act(client);
        }
        catch (Exception cutOff) when (cutOff is IOException or SocketException)
        {
            // By now there is no place even to say so.
        }
    }

    [GeneratedRegex("There are places for (?<places>[0-9]+) connections", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 10_000)]
    private static partial Regex PlacesLine();
}
