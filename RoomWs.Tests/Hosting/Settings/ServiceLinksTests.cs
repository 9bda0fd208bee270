using FluentAssertions;
using NUnit.Framework;
using RoomWs.Server.Configuration;
using RoomWs.Server.Hosting.Settings;
using RoomWs.Tests.Support;

namespace RoomWs.Tests.Hosting.Settings;

/// <summary>What Kubernetes sets in every container for a Service whose name begins with roomws.</summary>
internal sealed class ServiceLinksTests
{
    private static readonly string[] Services = ["ROOMWS", "ROOMWS_OPS", "ROOMWS_2_BLUE", "ROOMWS_SERVICE"];

    [Test]
    public void The_links_of_a_service_are_not_settings([ValueSource(nameof(Services))] string service)
    {
        var variables = Links(service);
        variables["ROOMWS_Dev"] = "true";

        var settings = Load(variables);

        settings.Problems.Should().BeEmpty();
        settings.Options.Port.Should().Be(8080);
        settings.Options.OpsPort.Should().BeNull();
        settings.Sources.Keys.Should().Equal("Dev");
    }

    [Test]
    public void A_port_that_somebody_has_set_beside_a_link_is_the_port()
    {
        var variables = Links("ROOMWS");
        variables["ROOMWS_Dev"] = "true";
        variables["ROOMWS_Port"] = "9000";

        var settings = Load(variables);

        settings.Problems.Should().BeEmpty();
        settings.Options.Port.Should().Be(9000);
    }

    [TestCase("ROOMWS_PORTT", "1")]
    [TestCase("ROOMWS_PORT", "http://10.0.0.1")]
    [TestCase("ROOMWS_Port", "tcp://10.0.0.1:8080")]
    [TestCase("ROOMWS_OPS_PORT", "9090")]
    [TestCase("ROOMWS_SERVICE_PORT", "eighty")]
    [TestCase("ROOMWS_SERVICE_HOST", "example")]
    [TestCase("ROOMWS_SERVICE", "1")]
    [TestCase("ROOMWS_PORT_8080_TCP_PROTO", "http")]
    public void A_mistake_is_refused_still(string name, string value) =>
        Load(new() { ["ROOMWS_Dev"] = "true", [name] = value }).Problems.Should().ContainSingle().Which.Should().ContainAny(name, "Port is");

    [Test]
    public async Task The_server_starts_among_the_links_of_its_service()
    {
        using var files = new TestFiles();
        var variables = Links("ROOMWS").Concat(Links("ROOMWS_OPS")).ToDictionary(link => link.Key, link => link.Value, StringComparer.Ordinal);
        var (server, url) = await ServerProcess.StartListeningAsync(Path.Combine(files.Folder, "rooms.db"), variables);
        using var _ = server;

        url.Should().MatchRegex("^ws://127\\.0\\.0\\.1:[1-9][0-9]*/ws$");
    }

    /// <summary>As the kubelet makes them of a Service with two named ports.</summary>
    private static Dictionary<string, string> Links(string service) => new(StringComparer.Ordinal)
    {
        [service + "_SERVICE_HOST"] = "10.96.12.7",
        [service + "_SERVICE_PORT"] = "8080",
        [service + "_SERVICE_PORT_WS"] = "8080",
        [service + "_SERVICE_PORT_OPS_HTTP"] = "9090",
        [service + "_PORT"] = "tcp://10.96.12.7:8080",
        [service + "_PORT_8080_TCP"] = "tcp://10.96.12.7:8080",
        [service + "_PORT_8080_TCP_PROTO"] = "tcp",
        [service + "_PORT_8080_TCP_PORT"] = "8080",
        [service + "_PORT_8080_TCP_ADDR"] = "10.96.12.7",
        [service + "_PORT_9090_UDP"] = "udp://[fd00::7]:9090",
        [service + "_PORT_9090_UDP_PROTO"] = "udp",
        [service + "_PORT_9090_UDP_PORT"] = "9090",
        [service + "_PORT_9090_UDP_ADDR"] = "fd00::7",
    };

    private static LoadedSettings Load(Dictionary<string, string> variables) =>
        SettingsLoader.Load(new SettingInputs(ConfigFile: null, variables, new Dictionary<Setting, IReadOnlyList<string>>()));
}
