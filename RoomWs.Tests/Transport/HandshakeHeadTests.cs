using FluentAssertions;
using NUnit.Framework;
using RoomWs.Tests.Support;

namespace RoomWs.Tests.Transport;

/// <summary>The head as proxies and the RFCs write it: the absolute form of a target, the Host, and how long it may be.</summary>
internal sealed class HandshakeHeadTests : EndToEndTest
{
    private const int MaxHeadBytes = 32_768;

    [TestCase("http://localhost/ws?user=alice")]
    [TestCase("https://localhost:8443/ws?user=alice")]
    [TestCase("HTTP://[::1]:80/ws?user=alice")]
    [TestCase("ws://localhost/ws?user=alice")]
    [TestCase("wss://localhost/ws?x=http://a/b&user=alice")]
    public async Task A_target_in_absolute_form_is_an_upgrade_like_any_other(string target)
    {
        using var raw = await RawClient.ConnectAsync(Server);

        await raw.SendAsync(RawClient.Upgrade(target));
        (await raw.ReadResponseAsync()).Status.Should().Be(101);
        await raw.SendAsync(RawClient.TextFrame("""{"type":"HELLO","version":1}"""));

        (await raw.ReadFrameAsync()).Text.Should().Contain("\"userId\":\"alice\"");
    }

    [TestCase("http://localhost/", 404)]
    [TestCase("http://localhost", 404)]
    [TestCase("http://localhost?user=alice", 404)]
    [TestCase("http://localhost/x/ws", 404)]
    [TestCase("http://localhost//ws", 404)]
    [TestCase("ftp://localhost/ws", 404)]
    [TestCase("localhost/ws", 404)]
    [TestCase("http:///ws", 400)]
    [TestCase("http://user@localhost/ws", 400)]
    public async Task A_target_that_names_no_host_or_another_path_is_refused(string target, int status)
    {
        using var raw = await RawClient.ConnectAsync(Server);

        await raw.SendAsync(RawClient.Upgrade(target));

        (await raw.ReadResponseAsync()).Status.Should().Be(status);
        (await raw.IsAtEndAsync()).Should().BeTrue();
    }

    // RFC 9112: the line has to be there, and the host in the target counts.
    [TestCase("Host: ", 101)]
    [TestCase("Host: other.example", 101)]
    [TestCase("", 400)]
    [TestCase("Host: a\r\nHost: a", 400)]
    public async Task The_host_of_an_absolute_target_counts_and_the_line_is_still_required(string host, int status)
    {
        // Development mode takes hosts of this machine alone.
        await Server.RestartAsync(options => options.Dev = false);
        using var raw = await RawClient.ConnectAsync(Server);

        await raw.SendAsync(RawClient.Upgrade("http://rooms.example/ws?user=alice", host: host));

        (await raw.ReadResponseAsync()).Status.Should().Be(status);
    }

    [TestCase("Host: localhost\r\nHost: localhost")]
    [TestCase("Host: localhost\r\nhost: evil.example")]
    [TestCase("Host: localhost\r\nHost: ")]
    [TestCase("Host: \r\nHost: localhost")]
    [TestCase("Host: a b")]
    [TestCase("Host: user@localhost")]
    [TestCase("Host: localhost/ws")]
    public async Task A_host_that_is_there_twice_or_is_none_is_refused(string host)
    {
        using var raw = await RawClient.ConnectAsync(Server);

        await raw.SendAsync(RawClient.Upgrade(host: host));

        var response = await raw.ReadResponseAsync();
        response.Status.Should().Be(400);
        response.Body.Should().Contain("Host");
    }

    [TestCase(0, 101)]
    [TestCase(1, 431)]
    public async Task A_head_has_32_768_bytes_at_most(int more, int status)
    {
        var (start, end) = (RawClient.Upgrade(more: "X: "), "\r\n\r\n".Length);
        var head = start[..^end] + new string('x', MaxHeadBytes - start.Length + more) + "\r\n\r\n";
        using var raw = await RawClient.ConnectAsync(Server);

        // In pieces, so that the end is looked for again and again.
        foreach (var piece in head.Chunk(1_000)) await raw.SendAsync(new string(piece));

        (await raw.ReadResponseAsync()).Status.Should().Be(status);
    }

    [Test]
    public async Task The_end_of_a_head_is_found_wherever_it_is_cut([Range(1, 3)] int cut)
    {
        var head = RawClient.Upgrade();
        using var raw = await RawClient.ConnectAsync(Server);

        await raw.SendAsync(head[..^cut]);
        await raw.SendAsync(head[^cut..]);

        (await raw.ReadResponseAsync()).Status.Should().Be(101);
    }
}
