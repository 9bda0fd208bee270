using FluentAssertions;
using NUnit.Framework;
using RoomWs.Protocol;
using RoomWs.Server.Configuration;
using RoomWs.Server.Sessions;
using RoomWs.Tests.Support;

namespace RoomWs.Tests.Hosting;

/// <summary>What may wait for all clients together, and who has to go where it is more.</summary>
[OneNode]
internal sealed class TotalQueueTests : EndToEndTest
{
    private const int Megabyte = 1_048_576;

    private readonly ManualTimeProvider _time = new();

    protected override TimeProvider Time => _time;

    protected override void Configure(RoomWsOptions options) => options.Limits.OutboundQueueBytes = Megabyte;

    [TestCase(1)]
    [TestCase(4 * Megabyte)]
    public async Task The_slowest_are_closed_until_the_rest_fits_and_nobody_who_reads(int limit)
    {
        await FillAsync(limit);
        var lazy = await FloodAsync(clients: 8);

        await Deadline.UntilAsync(
            () =>
            {
                _time.Advance(TimeSpan.FromSeconds(1));
                return Waiting() <= limit;
            },
            "the server closes as many as it has to");

        var closed = lazy.Where(connection => connection.Closing is not null).ToList();
        closed.Should().NotBeEmpty().And.OnlyContain(connection => connection.Closing!.Code == CloseCode.SlowConsumer && connection.Closing.Reason.Contains("TotalQueueBytes"));
        if (limit > Megabyte) closed.Count.Should().BeLessThan(lazy.Length, "the others fit");
        Server.Core.Connections.Of("owner").ToArray().Should().OnlyContain(connection => connection.Closing == null);
    }

    [TestCase(0, 30)]
    [TestCase(1_073_741_824, 30)]
    [TestCase(4 * Megabyte, 5)]
    public async Task Nobody_is_closed_where_there_is_no_limit_or_it_is_kept_or_there_was_no_time_to_catch_up(int limit, int seconds)
    {
        await FillAsync(limit);
        var lazy = await FloodAsync(clients: 8);

        for (var second = 0; second < seconds; second++)
        {
            _time.Advance(TimeSpan.FromSeconds(1));
            await (await ConnectAsync("owner")).SettleAsync();
        }

        lazy.Should().OnlyContain(connection => connection.Closing == null);
    }

    private long Waiting() => Server.Core.Connections.All.Where(connection => connection.Closing is null).Sum(connection => connection.WaitingBytes);

    private async Task FillAsync(int limit)
    {
        await Server.RestartAsync(options => options.Limits.TotalQueueBytes = limit);
        var owner = await ConnectAsync("owner");
        await owner.CreateRoomAsync("r1", ["lazy"]);
        var content = new string('x', 10_000);
        for (var i = 0; i < 100; i++) await owner.SucceedAsync("ROOM_MESSAGE_RESPONSE", new { type = "ROOM_MESSAGE", roomId = "r1", content });
    }

    private async Task<ClientConnection[]> FloodAsync(int clients)
    {
        byte[] flood = [.. Enumerable.Repeat(RawClient.TextFrame("""{"type":"ROOM_HISTORY","roomId":"r1","limit":200}"""), 40).SelectMany(frame => frame)];
        for (var i = 0; i < clients; i++) await (await RawClient.OpenAsync(Server, "?user=lazy")).SendAsync(flood);
        ClientConnection[] lazy = [.. Server.Core.Connections.Of("lazy")];
        await Deadline.UntilAsync(() => lazy.All(connection => connection.WaitingBytes > Megabyte / 2), "the replies wait");
        return lazy;
    }
}
