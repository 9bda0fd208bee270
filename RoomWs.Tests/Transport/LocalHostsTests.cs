using FluentAssertions;
using NUnit.Framework;
using RoomWs.Tests.Support;

namespace RoomWs.Tests.Transport;

/// <summary>Development mode takes everyone at their word, but only from this machine: not from a page of elsewhere that a browser here shows.</summary>
internal sealed class LocalHostsTests : EndToEndTest
{
    [TestCase("127.0.0.1", 101)]
    [TestCase("127.0.0.1:8080", 101)]
    [TestCase("LocalHost:1", 101)]
    [TestCase("[::1]", 101)]
    [TestCase("[::1]:8080", 101)]
    [TestCase("evil.example", 403)]
    [TestCase("evil.example:8080", 403)]
    [TestCase("localhost.evil.example", 403)]
    [TestCase("127.0.0.1.evil.example", 403)]
    [TestCase("127.0.0.1:8080:evil.example", 403)]
    [TestCase("localhost:evil", 403)]
    [TestCase("::1", 403)]
    [TestCase("0.0.0.0", 403)]
    [TestCase("192.168.0.7:8080", 403)]
    public async Task A_request_needs_a_host_of_this_machine(string host, int status)
    {
        var response = await AskAsync(RawClient.Upgrade(host: $"Host: {host}"));

        response.Status.Should().Be(status);
        if (status == 403) ExpectRefusal(response, "Dev");
    }

    [TestCase("http://rooms.example/ws?user=alice", "Host: localhost", 403)]
    [TestCase("http://localhost/ws?user=alice", "Host: rooms.example", 403)]
    [TestCase("http://127.0.0.1:80/ws?user=alice", "Host: localhost", 101)]
    public async Task Both_hosts_of_an_absolute_target_are_of_this_machine(string target, string host, int status) =>
        (await AskAsync(RawClient.Upgrade(target, host: host))).Status.Should().Be(status);

    [TestCase("/")]
    [TestCase("/health")]
    public async Task Other_paths_ask_for_it_too(string path)
    {
        (await AskAsync($"GET {path} HTTP/1.1\r\nHost: evil.example\r\n\r\n")).Status.Should().Be(403);
        (await AskAsync($"GET {path} HTTP/1.1\r\nHost: localhost\r\nOrigin: https://evil.example\r\n\r\n")).Status.Should().Be(403);
        (await AskAsync($"GET {path} HTTP/1.1\r\nHost: localhost\r\n\r\n")).Status.Should().Be(404);
    }

    [TestCase("http://localhost:3000", 101)]
    [TestCase("https://127.0.0.1", 101)]
    [TestCase("http://[::1]:5173", 101)]
    [TestCase("https://ours.example", 101)]
    [TestCase("null", 403)]
    [TestCase("file://", 403)]
    [TestCase("https://evil.example", 403)]
    [TestCase("https://ours.example.evil.example", 403)]
    [TestCase("http://localhost.evil.example", 403)]
    [TestCase("http://localhost:3000@evil.example", 403)]
    [TestCase("http://localhost, https://evil.example", 403)]
    public async Task An_origin_is_of_this_machine_or_allowed(string origin, int status)
    {
        await Server.RestartAsync(options => options.AllowedOrigins = ["https://ours.example"]);

        var response = await AskAsync(RawClient.Upgrade(more: $"Origin: {origin}"));

        response.Status.Should().Be(status);
        if (status == 403) ExpectRefusal(response, "AllowedOrigins");
    }

    [Test]
    public async Task The_loopback_address_that_the_server_listens_on_is_one_of_this_machine()
    {
        await Server.RestartAsync(options => options.Host = "127.0.0.2");

        (await AskAsync(RawClient.Upgrade(host: "Host: 127.0.0.2:80"))).Status.Should().Be(101);
        (await AskAsync(RawClient.Upgrade(host: "Host: 127.0.0.3:80"))).Status.Should().Be(403);
    }

    [Test]
    public async Task Outside_development_mode_any_host_and_origin_may_call()
    {
        await Server.RestartAsync(options => options.Dev = false);

        (await AskAsync(RawClient.Upgrade(host: "Host: rooms.example", more: "Origin: https://app.example"))).Status.Should().Be(101);
    }

    private void ExpectRefusal(RawResponse response, string setting)
    {
        response.Body.Should().Contain(setting);
        Server.Log.Entries.Should().ContainSingle(entry => entry.EventId == 3005).Which.Message.Should().Contain("with 403").And.Contain(setting);
    }

    private async Task<RawResponse> AskAsync(string head)
    {
        using var raw = await RawClient.ConnectAsync(Server);
        await raw.SendAsync(head);
        return await raw.ReadResponseAsync();
    }
}
