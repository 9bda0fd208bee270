using System.Net;
using FluentAssertions;
using NUnit.Framework;
using RoomWs.Server.Configuration;
using RoomWs.Server.Hosting.Settings;
using RoomWs.Server.Transport;
using RoomWs.Tests.Support;

namespace RoomWs.Tests.Transport;

/// <summary>Whose address the log has, where proxies are between.</summary>
internal sealed class ClientAddressesTests
{
    private static readonly ClientAddresses Proxies = new(["10.0.0.0/8", "192.0.2.7", "fd00::/8"]);

    [TestCase("203.0.113.5", null, "203.0.113.5")]
    [TestCase("203.0.113.5", "198.51.100.1", "203.0.113.5", Description = "A client that is no proxy can say what it likes.")]
    [TestCase("10.1.2.3", null, "10.1.2.3")]
    [TestCase("10.1.2.3", "198.51.100.1", "198.51.100.1")]
    [TestCase("::ffff:10.1.2.3", "198.51.100.1", "198.51.100.1")]
    [TestCase("fd00::1", "2001:db8::9", "2001:db8::9")]
    [TestCase("10.1.2.3", "6.6.6.6, 198.51.100.1", "198.51.100.1", Description = "What a client puts before is not believed.")]
    [TestCase("10.1.2.3", "6.6.6.6, 198.51.100.1 ,192.0.2.7,10.9.9.9", "198.51.100.1")]
    [TestCase("10.1.2.3", "10.0.0.1, 10.0.0.2", "10.0.0.1")]
    [TestCase("10.1.2.3", "198.51.100.1:4711", "198.51.100.1")]
    [TestCase("10.1.2.3", "[2001:db8::9]:4711", "2001:db8::9")]
    [TestCase("10.1.2.3", "198.51.100.1, unknown", "10.1.2.3")]
    [TestCase("10.1.2.3", "", "10.1.2.3")]
    public void The_client_is_the_last_address_that_is_no_proxy(string remote, string? forwardedFor, string client) =>
        Proxies.ClientOf(new IPEndPoint(IPAddress.Parse(remote), 1), forwardedFor).Should().Be(client);

    [TestCase("10")]
    [TestCase("proxy.example")]
    [TestCase("10.0.0.0/33")]
    public void What_is_neither_address_nor_range_stops_the_start(string proxy) =>
        SettingsLoader.Load(new SettingInputs(ConfigFile: null, new Dictionary<string, string> { ["ROOMWS_Dev"] = "true", ["ROOMWS_TrustedProxies"] = $"127.0.0.1,{proxy}" }, new Dictionary<Setting, IReadOnlyList<string>>()))
            .Problems.Should().ContainSingle().Which.Should().StartWith($"TrustedProxies has \"{proxy}\"; it must be an IP address");

    [TestCase("127.0.0.0/8", "198.51.100.1")]
    [TestCase("", "127.0.0.1")]
    [EitherDatabase]
    public async Task The_log_has_it_at_the_begin_and_the_end_of_a_connection(string trusted, string shown)
    {
        await using var server = await TestServer.StartAsync(options => options.TrustedProxies = trusted.Length == 0 ? [] : [trusted]);
        var alice = await TestClient.OpenAsync(server, "?user=alice", options => options.SetRequestHeader("X-Forwarded-For", "6.6.6.6, 198.51.100.1"));
        await alice.SucceedAsync("PONG", new { type = "PING" });
        alice.Dispose();

        await Deadline.UntilAsync(() => server.Log.Entries.Any(entry => entry.EventId == 3002), "the line of the end");
        server.Log.Entries.Where(entry => entry.EventId is 3001 or 3002).Should().HaveCount(2).And.OnlyContain(entry => entry.Message.EndsWith($"(from {shown})"));
    }
}
