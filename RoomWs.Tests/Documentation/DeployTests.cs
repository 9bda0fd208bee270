using System.Collections;
using System.Diagnostics;
using System.Globalization;
using System.Text.RegularExpressions;
using FluentAssertions;
using NUnit.Framework;
using RoomWs.Server.Configuration;
using RoomWs.Server.Hosting.Settings;
using RoomWs.Tests.Support;
using YamlDotNet.Core;
using YamlDotNet.Serialization;

namespace RoomWs.Tests.Documentation;

/// <summary>What deploy/ starts has settings that there are, and its parts fit together. Docker itself is not asked.</summary>
internal sealed partial class DeployTests
{
    private static readonly string Balancer = Repository.Read("deploy/haproxy.cfg");
    private static readonly Dictionary<string, object> Compose = ReadCompose();
    private static readonly Dictionary<string, object> Nodes = Map(Compose["services"]).Where(service => service.Key.StartsWith("node", StringComparison.Ordinal)).ToDictionary();

    private static IEnumerable<string> NodeNames => Nodes.Keys;

    [TestCaseSource(nameof(NodeNames))]
    public void A_node_starts_with_its_settings_and_has_a_name_of_its_own(string node)
    {
        using var files = new TestFiles();
        var file = Path.Combine(files.Folder, "roomws.json");
        File.WriteAllText(file, SecretsFile().Match(Repository.Read("deploy/compose.yaml")).Groups["json"].Value.Replace("%s", new string('x', 32), StringComparison.Ordinal));

        var settings = SettingsLoader.Load(new SettingInputs(file, EnvironmentOf(node), new Dictionary<Setting, IReadOnlyList<string>>()));

        settings.Problems.Should().BeEmpty();
        settings.Options.NodeName.Should().Be(node);
        settings.Options.Postgres.Should().NotBeNull();
        settings.Options.JwtSecret.Should().NotBeNull();
        Seconds(Map(Nodes[node])["stop_grace_period"]).Should().BeGreaterThan(settings.Options.DrainSeconds);
        Text(Map(Nodes[node])["entrypoint"]).Should().Contain("--config /run/secrets/roomws.json");
    }

    [TestCaseSource(nameof(NodeNames))]
    public void The_balancer_sends_clients_to_each_node_and_asks_each_for_its_health(string node)
    {
        var lines = Balancer.Split('\n').Select(line => line.Trim()).ToList();
        var (server, check) = (FormattableString.Invariant($"server {node} {node}:{new RoomWsOptions().Port}"), $"default-server check port {EnvironmentOf(node)["ROOMWS_OpsPort"]} ");

        lines.Should().ContainSingle(line => line == server);
        lines.Should().ContainSingle(line => line.StartsWith(check, StringComparison.Ordinal));
    }

    [Test]
    public void A_silent_client_is_pinged_before_the_balancer_lets_it_go()
    {
        var options = new RoomWsOptions();
        Seconds(TunnelTime().Match(Balancer).Groups["time"].Value).Should().BeGreaterThan(options.PingSeconds + options.DeadSeconds);
    }

    [Test]
    public void What_a_service_names_is_there()
    {
        var services = Map(Compose["services"]);
        foreach (var service in services.Values.Select(Map))
        {
            Names(service, "secrets").Should().BeSubsetOf(Map(Compose["secrets"]).Keys);
            Names(service, "depends_on").Should().BeSubsetOf(services.Keys);
            var volumes = Names(service, "volumes").Select(volume => volume.StartsWith('$') ? volume : volume.Split(':')[0]).ToList();
            volumes.Where(volume => volume[0] is not ('.' or '$')).Should().BeSubsetOf(Map(Compose["volumes"]).Keys);
            // The program, which whoever deploys it names, is not here.
            volumes.Where(volume => volume.StartsWith('.') && !File.Exists(Path.Combine(Repository.Root, "deploy", volume))).Should().BeEmpty();
        }
    }

    [Test]
    public void HAProxy_takes_its_file()
    {
        Process? check;
        try
        {
            check = Process.Start(new ProcessStartInfo("haproxy", ["-c", "-f", Path.Combine(Repository.Root, "deploy", "haproxy.cfg")]) { UseShellExecute = false, RedirectStandardError = true, RedirectStandardOutput = true });
        }
        catch (System.ComponentModel.Win32Exception)
        {
            Assert.Ignore("HAProxy is not installed here.");
            return;
        }

        using (check)
        {
            var said = check!.StandardError.ReadToEnd();
            check.WaitForExit();
            check.ExitCode.Should().Be(0, said);
        }
    }

    private static Dictionary<string, object> ReadCompose()
    {
        using var text = new StringReader(Repository.Read("deploy/compose.yaml"));
        return new DeserializerBuilder().Build().Deserialize<Dictionary<string, object>>(new MergingParser(new Parser(text)));
    }

    private static Hashtable EnvironmentOf(string node) => new(Map(Map(Nodes[node])["environment"]));

    private static Dictionary<string, object> Map(object node) => ((IDictionary<object, object>)node).ToDictionary(pair => (string)pair.Key, pair => pair.Value, StringComparer.Ordinal);

    /// <summary>The entries of a list, or the keys of a map, under a name; none if it is not there.</summary>
    private static List<string> Names(Dictionary<string, object> service, string name) => service.GetValueOrDefault(name) switch
    {
        IEnumerable<object> list and not IDictionary<object, object> => [.. list.Cast<string>()],
        IDictionary<object, object> map => [.. map.Keys.Cast<string>()],
        _ => [],
    };

    private static string Text(object list) => string.Join(' ', (IEnumerable<object>)list);

    private static int Seconds(object time) => int.Parse(((string)time).TrimEnd('s'), CultureInfo.InvariantCulture);

    [GeneratedRegex("printf '(?<json>\\{.*\\})", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1_000)]
    private static partial Regex SecretsFile();

    [GeneratedRegex("timeout tunnel (?<time>[0-9]+s)", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1_000)]
    private static partial Regex TunnelTime();
}
