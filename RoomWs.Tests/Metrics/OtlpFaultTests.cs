using System.Net;
using System.Net.Sockets;
using FluentAssertions;
using NUnit.Framework;
using RoomWs.Server.Metrics;
using RoomWs.Tests.Support;

namespace RoomWs.Tests.Metrics;

/// <summary>Metrics that cannot be sent: the operator hears of it.</summary>
[FixtureLifeCycle(LifeCycle.InstancePerTestCase)]
internal sealed class OtlpFaultTests : IDisposable
{
    private readonly TestFiles _files = new();

    private string Database => Path.Combine(_files.Folder, "rooms.db");

    public void Dispose() => _files.Dispose();

    [TestCase("OTEL_EXPORTER_OTLP_ENDPOINT=localhost:4317", "OTEL_EXPORTER_OTLP_ENDPOINT is \"localhost:4317\"; it must be a URL that begins with http*")]
    [TestCase("OTEL_EXPORTER_OTLP_ENDPOINT=collector", "OTEL_EXPORTER_OTLP_ENDPOINT is \"collector\"; *")]
    [TestCase("OTEL_EXPORTER_OTLP_METRICS_ENDPOINT=//c:4317 OTEL_EXPORTER_OTLP_ENDPOINT=http://c:4317", "OTEL_EXPORTER_OTLP_METRICS_ENDPOINT is *")]
    [TestCase("OTEL_EXPORTER_OTLP_ENDPOINT=http://c:4317 OTEL_EXPORTER_OTLP_PROTOCOL=http", "OTEL_EXPORTER_OTLP_PROTOCOL is \"http\"; it must be grpc or http/protobuf")]
    [TestCase("OTEL_EXPORTER_OTLP_ENDPOINT=http://c:4317 OTEL_EXPORTER_OTLP_METRICS_PROTOCOL=http/json", "OTEL_EXPORTER_OTLP_METRICS_PROTOCOL is *")]
    [TestCase("OTEL_EXPORTER_OTLP_ENDPOINT=http://c:4317 OTEL_EXPORTER_OTLP_HEADERS=hunter2", "OTEL_EXPORTER_OTLP_HEADERS is not usable; *")]
    [TestCase("OTEL_EXPORTER_OTLP_ENDPOINT=http://c:4317 OTEL_METRIC_EXPORT_INTERVAL=10s", "OTEL_METRIC_EXPORT_INTERVAL is \"10s\"; *")]
    [TestCase("OTEL_EXPORTER_OTLP_ENDPOINT=http://c:4317 OTEL_METRIC_EXPORT_INTERVAL=0", "OTEL_METRIC_EXPORT_INTERVAL is \"0\"; it must be a whole number of milliseconds, of at least 1 *")]
    [TestCase("OTEL_EXPORTER_OTLP_ENDPOINT=http://c:4317 OTEL_EXPORTER_OTLP_TIMEOUT=99999999999", "OTEL_EXPORTER_OTLP_TIMEOUT is \"99999999999\"; * at most 2,147,483,647")]
    [TestCase("OTEL_EXPORTER_OTLP_ENDPOINT=http://c:4317 OTEL_METRICS_EXPORTER=prometheus", "OTEL_METRICS_EXPORTER is \"prometheus\"; *")]
    [TestCase("OTEL_EXPORTER_OTLP_METRICS_ENDPOINT=http://c:4317 OTEL_EXPORTER_OTLP_ENDPOINT=collector", null)]
    [TestCase("OTEL_EXPORTER_OTLP_ENDPOINT=collector OTEL_SDK_DISABLED=true", null)]
    [TestCase("OTEL_EXPORTER_OTLP_ENDPOINT=collector OTEL_METRICS_EXPORTER=none", null)]
    [TestCase("OTEL_EXPORTER_OTLP_PROTOCOL=http", null)]
    public void A_variable_that_cannot_work_is_named_where_metrics_are_asked_for(string variables, string? problem)
    {
        var problems = OtlpVariables.Problems(variables.Split(' ').ToDictionary(one => one.Split('=', 2)[0], one => one.Split('=', 2)[1], StringComparer.Ordinal));

        if (problem is null) problems.Should().BeEmpty();
        else problems.Should().ContainSingle().Which.Should().Match(problem).And.NotContain("hunter");
    }

    [Test]
    public async Task The_server_does_not_start_with_one([Values("serve", "check-config")] string command)
    {
        using var server = ServerProcess.Run(["env", "OTEL_EXPORTER_OTLP_ENDPOINT=localhost:4317"], [command, "--dev", "--port", "0", "--database", Database]);
        var (exitCode, error) = await server.EndAsync();

        exitCode.Should().Be(2);
        error.Split('\n', StringSplitOptions.RemoveEmptyEntries).Should().ContainSingle().Which.Should().StartWith("OTEL_EXPORTER_OTLP_ENDPOINT is");
    }

    [TestCase("http/protobuf")]
    [TestCase("grpc")]
    public async Task A_dead_collector_is_one_warning(string protocol)
    {
        using var dead = new TcpListener(IPAddress.Loopback, 0);
        dead.Start();
        var port = ((IPEndPoint)dead.LocalEndpoint).Port;
        dead.Stop();
        var (server, _) = await ServerProcess.StartListeningAsync(Database, new Dictionary<string, string>
        {
            ["OTEL_EXPORTER_OTLP_ENDPOINT"] = $"http://127.0.0.1:{port}",
            ["OTEL_EXPORTER_OTLP_PROTOCOL"] = protocol,
            ["OTEL_METRIC_EXPORT_INTERVAL"] = "50",
        }, "--until-stdin-closes");
        using var running = server;

        server.CloseStandardInput();
        var (exitCode, error) = await server.EndAsync();

        exitCode.Should().Be(0);
        error.Split('\n').Where(line => line.Contains("Metrics do not reach the collector")).Should().ContainSingle().Which.Should().Contain("WRN");
    }

    [Test]
    public async Task A_collector_that_comes_back_is_one_line()
    {
        using var collector = new FakeCollector(failures: 3);
        var (server, _) = await ServerProcess.StartListeningAsync(Database, new Dictionary<string, string>
        {
            ["OTEL_EXPORTER_OTLP_ENDPOINT"] = collector.Url,
            ["OTEL_EXPORTER_OTLP_PROTOCOL"] = "http/protobuf",
            ["OTEL_METRIC_EXPORT_INTERVAL"] = "50",
        }, "--until-stdin-closes");
        using var running = server;
        for (var i = 0; i < 6; i++) await collector.NextAsync().OrFailAsync("an export");

        server.CloseStandardInput();
        var (_, error) = await server.EndAsync();

        error.Split('\n').Where(line => line.Contains("collector")).Should().SatisfyRespectively(
            first => first.Should().Contain("WRN").And.Contain("Metrics do not reach the collector"),
            second => second.Should().Contain("INF").And.Contain("Metrics reach the collector again"));
    }
}
