using System.Net;
using System.Net.Sockets;
using FluentAssertions;
using NUnit.Framework;
using RoomWs.Tests.Documentation;
using RoomWs.Tests.Support;

namespace RoomWs.Tests.Hosting;

/// <summary>What the log of a process tells of its own life.</summary>
[FixtureLifeCycle(LifeCycle.InstancePerTestCase)]
internal sealed class ServerLogTests : IDisposable
{
    private readonly TestFiles _files = new();

    private string Database => Path.Combine(_files.Folder, "rooms.db");

    public void Dispose() => _files.Dispose();

    [Test]
    [Platform(Exclude = "Win", Reason = "There is no SIGTERM.")]
    public async Task It_has_the_start_the_drain_and_the_stop_and_no_key()
    {
        var (server, url) = await ServerProcess.StartListeningAsync(Database, new Dictionary<string, string> { ["ROOMWS_JwtSecret"] = TestKeys.Secret, ["ROOMWS_JwtPreviousSecret"] = TestKeys.Secret + "2" });
        using var _ = server;
        using var alice = await WireSocket.ConnectAsync(new Uri(url + "?user=alice"));

        server.Terminate();
        (await alice.ReceiveAsync()).Should().Contain("SERVER_DRAINING");
        (await alice.ReceiveAsync()).Should().Be("close 1001");
        var (exitCode, log) = await server.EndAsync();

        exitCode.Should().Be(0);
        log.Should().MatchRegex($@"(?s)RoomWs [0-9.]+ listens on {url}, its database is {Database}, the keys for tokens are HS256 \(2\).*Asked to stop by SIGTERM; drains for up to 10 s, open connections: 1.*Stopped");
        log.Should().NotContain(TestKeys.Secret);
    }

    [Test]
    public async Task A_port_in_use_is_one_line([Values("--port", "--ops-port")] string flag, [Values("text", "json")] string format)
    {
        using var holder = new TcpListener(IPAddress.Loopback, 0);
        holder.Start();
        var port = ((IPEndPoint)holder.LocalEndpoint).Port;

        string[] ports = flag == "--port" ? [] : ["--port", "0"];
        using var server = ServerProcess.Start([.. ports, flag, $"{port}", "--dev", "--database", Database, "--log-format", format]);
        var (exitCode, error) = await server.EndAsync();

        exitCode.Should().Be(1);
        error.Split('\n', StringSplitOptions.RemoveEmptyEntries).Should().ContainSingle().Which.Should().Contain($"{port}").And.Contain(flag);
    }
}
