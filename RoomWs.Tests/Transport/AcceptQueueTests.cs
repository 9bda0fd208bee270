using System.Net;
using System.Net.Sockets;
using FluentAssertions;
using NUnit.Framework;
using RoomWs.Server.Transport;
using RoomWs.Tests.Support;

namespace RoomWs.Tests.Transport;

[Platform("Linux")]
internal sealed class AcceptQueueTests
{
    [Test]
    public async Task Those_who_are_not_accepted_yet_are_counted_and_no_others()
    {
        var queue = new AcceptQueue();
        queue.Count.Should().Be(0);
        using var first = queue.Open(new IPEndPoint(IPAddress.Loopback, 0));
        using var second = queue.Open(new IPEndPoint(IPAddress.Loopback, 0));
        first.Listen();
        second.Listen();
        queue.Count.Should().Be(0);

        using var one = await ConnectAsync(first);
        using var two = await ConnectAsync(first);
        using var three = await ConnectAsync(second);
        await Deadline.UntilAsync(() => queue.Count == 3, "all have come");
        using var accepted = await first.AcceptAsync();
        queue.Count.Should().Be(2);

        second.Dispose();
        queue.Count.Should().Be(1, "nobody waits at an address that is closed");
    }

    private static async Task<Socket> ConnectAsync(Socket listening)
    {
        var client = new Socket(SocketType.Stream, ProtocolType.Tcp);
        await client.ConnectAsync(listening.LocalEndPoint!).OrFailAsync("the connection");
        return client;
    }
}
