using System.Text;
using FluentAssertions;
using NUnit.Framework;
using RoomWs.Tests.Support;

namespace RoomWs.Tests.WholeServer.Hostile;

/// <summary>Clients that send without an end, or hardly at all, cost the server little, and the others nothing. Alone, for it measures the memory of this process.</summary>
[NonParallelizable]
internal sealed class EndlessFrameTests : EndToEndTest
{
    private const int Megabyte = 1_048_576;

    private static readonly byte[] Ping = """{"type":"PING"}"""u8.ToArray();

    [Test]
    public async Task A_message_of_empty_frames_that_never_ends_is_ended_at_the_first_and_takes_nothing()
    {
        var bob = await ConnectAsync("bob");
        using var raw = await RawClient.OpenAsync(Server);
        byte[] empty = [.. Enumerable.Repeat(RawClient.Frame(0x00, []), 10_000).SelectMany(frame => frame)];
        await bob.SettleAsync();
        var before = GC.GetTotalMemory(forceFullCollection: true);

        await raw.SendAsync(RawClient.Frame(0x01, Ping[..5]));
        await raw.SendAsync(empty);

        (await raw.ReadFrameAsync()).CloseCode.Should().Be(1008);
        await bob.SettleAsync();
        (GC.GetTotalMemory(forceFullCollection: true) - before).Should().BeLessThan(Megabyte, "of ten thousand frames nothing is kept");
    }

    [Test]
    public async Task What_a_hundred_clients_send_over_the_limit_is_not_kept()
    {
        var bob = await ConnectAsync("bob");
        byte[] frame = RawClient.Frame(0x00, new byte[60_000]);
        var before = GC.GetTotalMemory(forceFullCollection: true);

        for (var i = 0; i < 100; i++)
        {
            var raw = await RawClient.OpenAsync(Server);
            await raw.SendAsync(RawClient.Frame(0x01, [(byte)' ']));
            for (var sent = 0; sent < 5; sent++) await raw.SendAsync(frame);
            (await raw.ReadFrameAsync()).CloseCode.Should().Be(1009);
        }

        await bob.SettleAsync();
        // Each of them may hold a message of 64 kB and the buffer that it outgrew; they have sent 300 kB each.
        (GC.GetTotalMemory(forceFullCollection: true) - before).Should().BeLessThan(20 * Megabyte);
    }

    [Test]
    public async Task A_client_that_announces_more_than_there_is_memory_gets_none_for_it()
    {
        var bob = await ConnectAsync("bob");
        var clients = new List<RawClient>();
        for (var i = 0; i < 100; i++) clients.Add(await RawClient.OpenAsync(Server));
        await bob.SettleAsync();
        var before = GC.GetTotalMemory(forceFullCollection: true);

        foreach (var raw in clients) await raw.SendAsync([.. RawClient.Head(0x81, long.MaxValue), 0, 0, 0, 0, (byte)'{']);
        await bob.SettleAsync();

        (GC.GetTotalMemory(forceFullCollection: true) - before).Should().BeLessThan(4 * Megabyte);
    }

    [Test]
    public async Task A_message_that_comes_byte_by_byte_is_answered_and_the_others_are_meanwhile()
    {
        var bob = await ConnectAsync("bob");
        using var raw = await RawClient.OpenAsync(Server);

        foreach (var b in RawClient.TextFrame("""{"type":"PING","x":"€"}"""))
        {
            await raw.SendAsync([b]);
            await bob.SettleAsync();
        }

        (await raw.ReadFrameAsync()).Text.Should().StartWith("""{"type":"PONG",""");
    }

    [Test]
    public async Task More_clients_than_the_server_has_threads_can_stand_in_the_middle_of_a_message()
    {
        var slow = new List<RawClient>();
        for (var i = 0; i < 200; i++) slow.Add(await RawClient.OpenAsync(Server));
        foreach (var raw in slow) await raw.SendAsync(RawClient.TextFrame("""{"type":"PING"}""")[..^1]);
        var bob = await ConnectAsync("bob");

        await bob.CreateRoomAsync("r1");
        foreach (var raw in slow) await raw.SendAsync(RawClient.TextFrame("""{"type":"PING"}""")[^1..]);

        foreach (var raw in slow) (await raw.ReadFrameAsync()).Text.Should().StartWith("""{"type":"PONG",""");
    }

    [Test]
    public async Task A_client_that_pings_and_does_not_read_is_heard_no_further_costs_no_more_than_its_queue_and_loses_nothing()
    {
        await LimitAsync(limits => limits.OutboundQueueBytes = Megabyte);
        var bob = await ConnectAsync("bob");
        using var raw = await RawClient.OpenAsync(Server);
        byte[] pings = [.. Enumerable.Repeat(RawClient.Frame(0x89, new byte[125]), 1_000).SelectMany(frame => frame)];
        await bob.SettleAsync();
        var before = GC.GetTotalMemory(forceFullCollection: true);

        var (sent, looks, seen) = (0, 0, -1);
        var stop = false;
        var flood = Task.Run(async () =>
        {
            // The bound is far more than all that sockets hold; without one, the server would have it all.
            while (!stop && sent < 1_000)
            {
                await raw.SendUnboundedAsync(pings);
                sent++;
            }
        });
        await Deadline.UntilAsync(
            () =>
            {
                (looks, seen) = (sent == seen ? looks + 1 : 0, sent);
                return looks == 100;
            },
            "nothing more is taken");
        await bob.SettleAsync();
        sent.Should().BeLessThan(1_000);
        (GC.GetTotalMemory(forceFullCollection: true) - before).Should().BeLessThan(4 * Megabyte);

        stop = true;
        for (var pongs = 0; pongs < 1_000 * (seen + 1); pongs++) (await raw.ReadFrameAsync()).Opcode.Should().Be(10);
        await flood;
    }

    [Test]
    public async Task What_comes_behind_a_close_is_not_looked_at()
    {
        using var raw = await RawClient.OpenAsync(Server);

        await raw.SendAsync([
            .. RawClient.Frame(0x88, [0x03, 0xe8]),
            .. RawClient.TextFrame("""{"type":"ROOM_CREATE","roomId":"r1"}"""),
            .. Encoding.ASCII.GetBytes(RawClient.Upgrade()),
            .. new byte[100_000],]);

        (await raw.ReadFrameAsync()).CloseCode.Should().Be(1000);
        await (await ConnectAsync("alice")).BeRefusedAsync("NOT_FOUND", new { type = "ROOM_INFO", roomId = "r1" });
    }
}
