using System.Collections;
using FluentAssertions;
using NUnit.Framework;
using RoomWs.Server.Metrics;
using RoomWs.Tests.Documentation;
using RoomWs.Tests.Support;

namespace RoomWs.Tests.Metrics;

/// <summary>The server as an operator runs it, with a collector beside it.</summary>
internal sealed class OtlpExportTests
{
    private static readonly string[] Names =
    [
        "roomws.connections", "roomws.requests", "roomws.request.duration", "roomws.commit.duration", "roomws.commit.changes", "roomws.outbox.size",
        "roomws.rooms", "roomws.room.members", "roomws.users.online",
    ];

    [Test]
    public async Task Metrics_are_posted_to_the_endpoint_of_the_environment_under_the_names_given_there()
    {
        using var files = new TestFiles();
        using var collector = new FakeCollector();
        var (server, url) = await ServerProcess.StartListeningAsync(Path.Combine(files.Folder, "rooms.db"), new Dictionary<string, string>
        {
            ["OTEL_EXPORTER_OTLP_ENDPOINT"] = collector.Url,
            ["OTEL_EXPORTER_OTLP_PROTOCOL"] = "http/protobuf",
            ["OTEL_METRIC_EXPORT_INTERVAL"] = "200",
            ["OTEL_SERVICE_NAME"] = "our-rooms",
            ["OTEL_RESOURCE_ATTRIBUTES"] = "deployment.environment=our-tests",
        });
        using var _ = server;
        using var alice = await WireSocket.ConnectAsync(new Uri(url + "?user=alice"));
        await alice.SendAsync("""{"type":"ROOM_CREATE","roomId":"lobby"}""");
        await alice.ReceiveAsync();

        string requestLine, body;
        do (requestLine, body) = await collector.NextAsync().OrFailAsync("an export");
        while (!body.Contains("ROOM_CREATE", StringComparison.Ordinal));

        requestLine.Should().Be("POST /v1/metrics HTTP/1.1");
        body.Should().ContainAll(Names).And.Contain("our-rooms").And.Contain("our-tests").And.Contain("dotnet.process.memory.working_set");
        body.Should().NotContain("alice").And.NotContain("lobby");
    }

    [Test]
    public async Task What_was_measured_last_is_sent_at_the_end()
    {
        using var files = new TestFiles();
        using var collector = new FakeCollector();
        var (server, url) = await ServerProcess.StartListeningAsync(Path.Combine(files.Folder, "rooms.db"), new Dictionary<string, string>
        {
            ["OTEL_EXPORTER_OTLP_METRICS_ENDPOINT"] = collector.Url + "/custom",
            ["OTEL_EXPORTER_OTLP_METRICS_PROTOCOL"] = "http/protobuf",
            ["OTEL_METRIC_EXPORT_INTERVAL"] = "3600000",
        });
        using var _ = server;
        using (var alice = await WireSocket.ConnectAsync(new Uri(url + "?user=alice")))
        {
            await alice.SendAsync("""{"type":"ROOM_CREATE","roomId":"lobby"}""");
            await alice.ReceiveAsync();
        }

        server.Terminate();

        var (requestLine, body) = await collector.NextAsync().OrFailAsync("the last export");
        requestLine.Should().Be("POST /custom HTTP/1.1");
        body.Should().Contain("roomws.requests").And.Contain("ROOM_CREATE").And.Contain("roomws");
        (await server.EndAsync()).ExitCode.Should().Be(0);
    }

    [TestCase("", false)]
    [TestCase("OTEL_SERVICE_NAME=x", false)]
    [TestCase("OTEL_EXPORTER_OTLP_ENDPOINT=http://c:4317", true)]
    [TestCase("OTEL_EXPORTER_OTLP_METRICS_ENDPOINT=http://c:4317", true)]
    [TestCase("OTEL_EXPORTER_OTLP_ENDPOINT=", false)]
    [TestCase("OTEL_EXPORTER_OTLP_ENDPOINT=http://c:4317 OTEL_METRICS_EXPORTER=otlp", true)]
    [TestCase("OTEL_EXPORTER_OTLP_ENDPOINT=http://c:4317 OTEL_METRICS_EXPORTER=none", false)]
    [TestCase("OTEL_EXPORTER_OTLP_ENDPOINT=http://c:4317 OTEL_SDK_DISABLED=true", false)]
    public void Nothing_is_exported_unless_the_environment_says_where_to(string variables, bool wanted)
    {
        IDictionary environment = variables.Split(' ', StringSplitOptions.RemoveEmptyEntries).ToDictionary(one => one.Split('=')[0], one => one.Split('=')[1], StringComparer.Ordinal);

        OtlpVariables.AskForMetrics(environment).Should().Be(wanted);
    }
}
