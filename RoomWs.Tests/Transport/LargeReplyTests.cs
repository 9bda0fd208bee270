using FluentAssertions;
using NUnit.Framework;
using RoomWs.Server.Configuration;
using RoomWs.Tests.Support;

namespace RoomWs.Tests.Transport;

/// <summary>Replies that are larger than what may wait for a connection.</summary>
internal sealed class LargeReplyTests : EndToEndTest
{
    protected override void Configure(RoomWsOptions options) => options.Limits.OutboundQueueBytes = 1_048_576;

    [Test]
    public async Task A_large_reply_comes_behind_others_all_the_same()
    {
        var alice = await ConnectAsync("alice");
        await alice.SucceedAsync("ROOM_CREATED", new { type = "ROOM_CREATE", roomId = "r1" });
        var content = new string('x', 10_000);
        for (var i = 0; i < 150; i++) await alice.SucceedAsync("ROOM_MESSAGE_RESPONSE", new { type = "ROOM_MESSAGE", roomId = "r1", content });

        for (var i = 0; i < 20; i++) await alice.SendAsync(new { type = "PING" });
        await alice.SendAsync(new { type = "ROOM_HISTORY", roomId = "r1", limit = 200 });

        for (var i = 0; i < 20; i++) (await alice.NextAsync()).Type().Should().Be("PONG");
        (await alice.NextAsync()).Type().Should().Be("ROOM_HISTORY_RESPONSE");
    }
}
