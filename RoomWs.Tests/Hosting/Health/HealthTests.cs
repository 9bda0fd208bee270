using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using FluentAssertions;
using Microsoft.Data.Sqlite;
using NUnit.Framework;
using RoomWs.Server.Configuration;
using RoomWs.Tests.Support;

namespace RoomWs.Tests.Hosting.Health;

/// <summary>The operators' port, and the command that asks there.</summary>
[OneNode]
internal sealed class HealthTests : EndToEndTest
{
    private const int Askers = 20;

    private readonly HttpClient _http = new();

    /// <summary>How long a probe may take goes by this clock: on a machine that is busy it is answered late, and that is no failure.</summary>
    private readonly ManualTimeProvider _time = new();

    protected override TimeProvider Time => _time;

    [OneTimeTearDown]
    public void DisposeClient() => _http.Dispose();

    protected override void Configure(RoomWsOptions options) => options.OpsPort = 0;

    [Test]
    public async Task A_server_that_works_is_ok()
    {
        var alice = await ConnectAsync("alice");
        await alice.CreateRoomAsync("r1");

        var (status, report) = await AskAsync();

        status.Should().Be(HttpStatusCode.OK);
        report.GetRawText().Should().Be("""{"status":"ok","connections":1,"rooms":1}""");
    }

    [TestCase("GET", "/")]
    [TestCase("GET", "/health/x")]
    [TestCase("GET", "/ws")]
    [TestCase("POST", "/health")]
    public async Task There_is_nothing_else(string method, string path)
    {
        using var request = new HttpRequestMessage(new HttpMethod(method), new Uri(Server.OpsUrl, path));
        using var response = await _http.SendAsync(request).OrFailAsync("the answer");

        response.StatusCode.Should().Be(HttpStatusCode.NotFound);
    }

    [TestCase("evil.example", HttpStatusCode.Forbidden)]
    [TestCase("127.0.0.1.evil.example:9090", HttpStatusCode.Forbidden)]
    [TestCase("localhost:1", HttpStatusCode.OK)]
    [TestCase("[::1]:9090", HttpStatusCode.OK)]
    public async Task While_it_is_on_loopback_it_asks_for_a_host_of_this_machine(string host, HttpStatusCode status)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, new Uri(Server.OpsUrl, "/health"));
        request.Headers.Host = host;

        using var response = await _http.SendAsync(request).OrFailAsync("the answer");

        response.StatusCode.Should().Be(status);
        if (status == HttpStatusCode.OK) return;
        (await response.Content.ReadAsStringAsync()).Should().Contain("OpsHost");
        Server.Log.Entries.Should().ContainSingle(entry => entry.EventId == 6004).Which.Message.Should().Contain("OpsHost");
    }

    [Test]
    public async Task On_other_addresses_it_may_have_any_name()
    {
        await Server.RestartAsync(options => options.OpsHost = "0.0.0.0");
        using var request = new HttpRequestMessage(HttpMethod.Get, new UriBuilder(Server.OpsUrl) { Host = "127.0.0.1", Path = "/health" }.Uri);
        request.Headers.Host = "rooms.example";

        using var response = await _http.SendAsync(request).OrFailAsync("the answer");

        response.StatusCode.Should().Be(HttpStatusCode.OK);
    }

    [Test]
    public async Task The_port_for_clients_knows_nothing_of_it()
    {
        using var raw = await RawClient.ConnectAsync(Server);
        await raw.SendAsync("GET /health HTTP/1.1\r\nHost: localhost\r\n\r\n");

        (await raw.ReadResponseAsync()).Status.Should().Be(404);
    }

    [Test]
    [FileOnly("Whoever writes to the file locks all of it.")]
    public async Task A_writer_that_hangs_is_named_and_however_many_ask_it_has_one_probe_to_answer()
    {
        // What waits too long for the lock is given up, with an error.
        Server.ExpectsFaults = true;
        using var metrics = new MetricsRecorder(Server);
        await using (var other = new SqliteConnection($"Data Source={Server.Options.Database};Pooling=False"))
        {
            await other.OpenAsync();
            await using var locked = await other.BeginTransactionAsync();
            var standing = _time.PendingTimers;
            var asking = Task.WhenAll(Enumerable.Range(0, Askers).Select(_ => AskAsync()));
            await Deadline.UntilAsync(() => _time.PendingTimers >= standing + Askers, "all of them wait for the probe");
            _time.Advance(TimeSpan.FromSeconds(1));
            var answers = await asking;

            answers.Should().OnlyContain(answer => answer.Status == HttpStatusCode.ServiceUnavailable);
            answers.Select(answer => answer.Report.GetRawText()).Should().OnlyContain(report => report == """{"status":"failing","failed":["writer"]}""");
        }

        await UntilOkAsync();
        metrics.Of("roomws.commit.changes").Should().OnlyContain(measured => measured.Value == 1, "no probe waited behind another");
    }

    [Test]
    public async Task A_database_that_cannot_be_read_is_named()
    {
        Server.ExpectsFaults = true;
        Server.RunSql("ALTER TABLE rooms RENAME TO hidden");

        var (status, report) = await AskAsync();

        status.Should().Be(HttpStatusCode.ServiceUnavailable);
        report.Texts("failed").Should().Equal("reader");
        Server.RunSql("ALTER TABLE hidden RENAME TO rooms");
        await UntilOkAsync();
    }

    [Test]
    public async Task A_server_that_drains_says_so_to_the_end()
    {
        await Server.Core.DrainAsync(CancellationToken.None).OrFailAsync("the drain");

        var (status, report) = await AskAsync();

        status.Should().Be(HttpStatusCode.ServiceUnavailable);
        report.GetRawText().Should().Be("""{"status":"draining"}""");
        (await CommandAsync("health", "--ops-port", $"{Server.OpsUrl.Port}")).Should().Be((1, "503 {\"status\":\"draining\"}\n", ""));
    }

    [Test]
    public async Task The_command_prints_the_answer_and_tells_by_its_exit_code()
    {
        (await CommandAsync("health", "--ops-port", $"{Server.OpsUrl.Port}", "--ops-host", "*")).Should().Be((0, "200 {\"status\":\"ok\",\"connections\":0,\"rooms\":0}\n", ""));
    }

    [Test]
    public async Task The_command_takes_port_and_host_from_the_environment_whatever_else_is_wrong_there()
    {
        var program = new CommandLineRun { Variables = { ["ROOMWS_OpsPort"] = $"{Server.OpsUrl.Port}", ["ROOMWS_OpsHost"] = "127.0.0.1", ["ROOMWS_JwtSecret"] = "short" } };

        (await program.RunAsync("health")).ExitCode.Should().Be(0);
    }

    [Test]
    public async Task The_command_without_a_server_or_a_port_fails_in_one_line()
    {
        var port = Server.OpsUrl.Port;
        await Server.RestartAsync(options => options.OpsPort = null);

        var (exitCode, output, error) = await CommandAsync("health", "--ops-port", $"{port}");
        exitCode.Should().Be(1);
        output.Should().StartWith($"No answer from http://127.0.0.1:{port}/health: ");
        output.Trim().Should().NotContain("\n");
        error.Should().BeEmpty();
        (await CommandAsync("health")).ExitCode.Should().Be(2);
        (await CommandAsync("health", "--ops-port", "x")).Error.Should().StartWith("OpsPort is \"x\"; it must be a whole number from 0 to 65,535");
    }

    [Test]
    public async Task An_OpsPort_in_use_ends_the_start_and_is_named()
    {
        var port = Server.OpsUrl.Port;
        var start = () => TestServer.StartAsync(options => options.OpsPort = port);

        (await start.Should().ThrowAsync<StartupException>()).Which.Message.Should().StartWith($"Cannot listen on OpsPort {port} of 127.0.0.1").And.Contain("--ops-port");
    }

    [Test]
    public void The_log_tells_where_it_is() => Server.Log.Entries.Should().ContainSingle(entry => entry.EventId == 6001)
        .Which.Message.Should().Be($"Health is at {Server.OpsUrl}health");

    private async Task<(HttpStatusCode Status, JsonElement Report)> AskAsync()
    {
        using var response = await _http.GetAsync(new Uri(Server.OpsUrl, "/health")).OrFailAsync("the answer");
        return (response.StatusCode, await response.Content.ReadFromJsonAsync<JsonElement>());
    }

    private async Task UntilOkAsync()
    {
        using var patience = new CancellationTokenSource(Deadline.Span);
        HttpStatusCode status;
        do (status, _) = await AskAsync();
        while (status != HttpStatusCode.OK && !patience.IsCancellationRequested);

        status.Should().Be(HttpStatusCode.OK);
    }

    private static async Task<(int ExitCode, string Output, string Error)> CommandAsync(params string[] args)
    {
        var (exitCode, output, error) = await new CommandLineRun().RunAsync(args);
        return (exitCode, output.ReplaceLineEndings("\n"), error);
    }
}
