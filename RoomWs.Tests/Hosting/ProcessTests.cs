using System.Net;
using System.Net.Sockets;
using FluentAssertions;
using NUnit.Framework;
using RoomWs.Tests.Documentation;
using RoomWs.Tests.Support;

namespace RoomWs.Tests.Hosting;

/// <summary>What supervisors, scripts and parent processes count on.</summary>
[FixtureLifeCycle(LifeCycle.InstancePerTestCase)]
internal sealed class ProcessTests : IDisposable
{
    private readonly TestFiles _files = new();

    private string Database => Path.Combine(_files.Folder, "rooms.db");

    public void Dispose() => _files.Dispose();

    [Test]
    public async Task The_first_line_tells_where_to_connect_on_a_free_port()
    {
        var (server, url) = await ServerProcess.StartListeningAsync(Database);
        using var _ = server;

        url.Should().MatchRegex("^ws://127\\.0\\.0\\.1:[1-9][0-9]*/ws$");
        using var alice = await WireSocket.ConnectAsync(new Uri(url + "?user=alice"));
        await alice.SendAsync("""{"type":"ROOM_CREATE","correlationId":"1","roomId":"lobby"}""");
        (await alice.ReceiveAsync()).Should().StartWith("""{"type":"ROOM_CREATED","correlationId":"1",""");
    }

    [Test]
    public async Task A_port_in_use_ends_the_start_and_names_the_flag()
    {
        using var holder = new TcpListener(IPAddress.Loopback, 0);
        holder.Start();
        var port = ((IPEndPoint)holder.LocalEndpoint).Port;

        using var server = ServerProcess.Start("--dev", "--port", $"{port}", "--database", Database);
        var (exitCode, error) = await server.EndAsync();

        exitCode.Should().Be(1);
        error.Should().Contain($"Port {port} of 127.0.0.1 is in use").And.Contain("--port");
    }

    [Test]
    public async Task Without_a_key_and_development_mode_it_says_how_to_set_one()
    {
        using var server = ServerProcess.Start("--port", "0", "--database", Database);
        var (exitCode, error) = await server.EndAsync();

        exitCode.Should().Be(2);
        error.Should().Contain("ROOMWS_JwtSecret").And.Contain("JwtPublicKeyFile").And.Contain("--dev");
        File.Exists(Database).Should().BeFalse();
    }

    [Test]
    [Platform(Exclude = "Win", Reason = "There is no SIGTERM.")]
    public async Task A_termination_signal_tells_each_client_closes_it_and_ends_well()
    {
        var (server, url) = await ServerProcess.StartListeningAsync(Database);
        using var _ = server;
        using var alice = await WireSocket.ConnectAsync(new Uri(url + "?user=alice"));
        using var stranger = await WireSocket.ConnectAsync(new Uri(url));

        server.Terminate();

        foreach (var client in new[] { alice, stranger })
        {
            (await client.ReceiveAsync()).Should().MatchRegex("""^\{"type":"SERVER_DRAINING","reconnectAfterMs":[0-9]+\}$""");
            (await client.ReceiveAsync()).Should().Be("close 1001");
        }

        (await server.EndAsync()).ExitCode.Should().Be(0);
    }

    [Test]
    [Platform(Exclude = "Win", Reason = "There is no SIGTERM.")]
    public async Task After_an_orderly_end_the_database_is_one_file_with_everything_in_it()
    {
        var (server, url) = await ServerProcess.StartListeningAsync(Database);
        using var _ = server;
        using var alice = await WireSocket.ConnectAsync(new Uri(url + "?user=alice"));
        await alice.SendAsync("""{"type":"ROOM_CREATE","roomId":"lobby"}""");
        await alice.ReceiveAsync();
        await alice.SendAsync("""{"type":"ROOM_INFO","roomId":"lobby"}""");
        await alice.ReceiveAsync();

        server.Terminate();
        (await alice.ReceiveAsync()).Should().Contain("SERVER_DRAINING");
        (await alice.ReceiveAsync()).Should().Be("close 1001");
        (await server.EndAsync()).ExitCode.Should().Be(0);

        Directory.GetFiles(_files.Folder).Should().BeEquivalentTo([Database, Database + ".lock"], "the lock file stays, and holds nothing");
        var copy = Path.Combine(_files.Folder, "copy.db");
        File.Copy(Database, copy);
        var (second, secondUrl) = await ServerProcess.StartListeningAsync(copy);
        using var __ = second;
        using var again = await WireSocket.ConnectAsync(new Uri(secondUrl + "?user=alice"));
        await again.SendAsync("""{"type":"ROOM_INFO","roomId":"lobby"}""");
        (await again.ReceiveAsync()).Should().StartWith("""{"type":"ROOM_CREATED",""");
    }

    [Test]
    public async Task It_ends_with_its_standard_input_when_asked_to()
    {
        var (server, url) = await ServerProcess.StartListeningAsync(Database, "--until-stdin-closes");
        using var _ = server;
        using var alice = await WireSocket.ConnectAsync(new Uri(url + "?user=alice"));

        server.CloseStandardInput();

        (await alice.ReceiveAsync()).Should().Contain("SERVER_DRAINING");
        (await alice.ReceiveAsync()).Should().Be("close 1001");
        (await server.EndAsync()).ExitCode.Should().Be(0);
    }

    [TestCase("exec \"$@\" </dev/null")]
    [TestCase("exec \"$@\" <&-")]
    [TestCase(": | \"$@\"")]
    [Platform(Exclude = "Win", Reason = "There is no sh.")]
    public async Task It_does_not_start_on_a_standard_input_that_has_ended_and_says_so(string script)
    {
        using var server = ServerProcess.Run(["sh", "-c", script, "sh"], ["serve", "--dev", "--port", "0", "--database", Database, "--until-stdin-closes"]);
        var (exitCode, output, error) = await server.EndWithOutputAsync();

        (exitCode, output).Should().Be((1, ""));
        error.Trim().Split('\n')[^1].Should().StartWith("The server did not start, for it was asked to stop by the end of standard input: --until-stdin-closes ");
    }

    [Test]
    public async Task It_outlives_its_standard_input_when_not_asked_to()
    {
        var (server, url) = await ServerProcess.StartListeningAsync(Database);
        using var _ = server;
        server.CloseStandardInput();

        using var alice = await WireSocket.ConnectAsync(new Uri(url + "?user=alice"));
    }
}
