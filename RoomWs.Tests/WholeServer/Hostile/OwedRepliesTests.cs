using System.Text;
using System.Text.Json;
using FluentAssertions;
using NUnit.Framework;
using RoomWs.Server.Configuration;
using RoomWs.Tests.Support;

namespace RoomWs.Tests.WholeServer.Hostile;

/// <summary>
/// What a user can make the server keep who asks on all its connections for the largest replies, and reads none. Alone, for it measures the memory of
/// this process.
/// </summary>
[NonParallelizable]
[OneNode]
internal sealed class OwedRepliesTests : EndToEndTest
{
    private const int Megabyte = 1_048_576;
    private const int Connections = 20;
    private const int Members = 10_000;

    protected override void Configure(RoomWsOptions options) => options.Limits.OutboundQueueBytes = Megabyte;

    [SetUp]
    public async Task FillRoomAsync()
    {
        var owner = await ConnectAsync("owner");
        await owner.CreateRoomAsync("r1", ["bob"]);
        var content = new string('x', 10_000);
        for (var i = 0; i < 100; i++) await owner.SucceedAsync("ROOM_MESSAGE_RESPONSE", new { type = "ROOM_MESSAGE", roomId = "r1", content });
        await Server.RestartAsync(options =>
        {
            using var database = Server.Database.Open();
            // With ids of 120 characters the list has 2.6 MB.
            database.Run($"INSERT INTO members (room_number, room_id, user_id, role, joined_at, position) SELECT number, id, {SqlRows.Padded("value", 120)}, 2, 0, 10 + value FROM {SqlRows.Numbers(Members - 2)} AS numbers CROSS JOIN rooms WHERE id = 'r1'");
            database.Run($"UPDATE rooms SET member_count = {Members} WHERE id = 'r1'");
        });
    }

    [TestCase("""{"type":"ROOM_ADD_MEMBERS","roomId":"r1","userIds":["bob"],"correlationId":C,"idempotencyKey":"K"}""", "ROOM_MEMBERS_UPDATED", 200)]
    [TestCase("""{"type":"ROOM_ADD_MEMBERS","roomId":"r1","userIds":["bob"],"correlationId":C}""", "ROOM_MEMBERS_UPDATED", 200)]
    [TestCase("""{"type":"ROOM_JOIN","roomId":"r1","correlationId":C}""", "ROOM_JOIN_RESPONSE", 60)]
    [TestCase("""{"type":"ROOM_INFO","roomId":"r1","correlationId":C}""", "ROOM_CREATED", 60)]
    [TestCase("""{"type":"ROOM_MEMBERS","roomId":"r1","correlationId":C}""", "ROOM_CREATED", 60)]
    [TestCase("""{"type":"ROOM_HISTORY","roomId":"r1","limit":200,"correlationId":C}""", "ROOM_HISTORY_RESPONSE", 60)]
    public async Task Replies_that_nobody_reads_are_not_made_before_there_is_room_for_them(string request, string reply, int count)
    {
        var bob = await ConnectAsync("bob");
        await bob.SettleAsync();
        var before = GC.GetTotalMemory(forceFullCollection: true);

        var lazy = await FloodAsync(i => request.Replace(":C", $":{i}", StringComparison.Ordinal).Replace("\"K\"", $"\"key-{i}\"", StringComparison.Ordinal), count);
        await Deadline.UntilAsync(() => Owner().All(connection => connection.WaitingBytes > Megabyte / 2 && connection.PendingWrites == 0), "the replies wait");
        await bob.CreateRoomAsync("r2");
        await bob.SettleAsync();

        (GC.GetTotalMemory(forceFullCollection: true) - before).Should().BeLessThan(300 * Megabyte);

        for (var i = 0; i < count; i++)
        {
            var frame = await lazy[7].ReadFrameAsync();
            Encoding.UTF8.GetString(frame.Payload, 0, 100).Should().StartWith($$"""{"type":"{{reply}}","correlationId":{{i}},""");
            if (i == count - 1) JsonDocument.Parse(frame.Payload).RootElement.Type().Should().Be(reply, "it has come whole");
        }

        Owner().Should().HaveCount(Connections).And.OnlyContain(connection => connection.Closing == null);
    }

    /// <summary>Each of these replies is another list, so nothing of them is shared.</summary>
    [Test]
    public async Task Lists_that_are_each_another_are_made_one_at_a_time()
    {
        var bob = await ConnectAsync("bob");
        await bob.SettleAsync();
        var before = GC.GetTotalMemory(forceFullCollection: true);

        await FloodAsync(i => $$"""{"type":"ROOM_SET_ROLE","roomId":"r1","userId":"bob","role":"{{(i % 2 == 0 ? "ADMIN" : "MEMBER")}}","correlationId":{{i}}}""", 200);
        await Deadline.UntilAsync(() => Owner().All(connection => (connection.WaitingBytes > Megabyte / 2 && connection.PendingWrites == 0) || connection.Closing is not null), "the replies wait");
        await (await ConnectAsync("cat")).SettleAsync();

        (GC.GetTotalMemory(forceFullCollection: true) - before).Should().BeLessThan(300 * Megabyte);
    }

    private RoomWs.Server.Sessions.ClientConnection[] Owner() => Server.Core.Connections.Of("owner").ToArray();

    /// <summary>Sends requests on all connections, which read nothing.</summary>
    private async Task<RawClient[]> FloodAsync(Func<int, string> request, int count)
    {
        byte[] flood = [.. Enumerable.Range(0, count).SelectMany(i => RawClient.TextFrame(request(i)))];
        var lazy = new RawClient[Connections];
        for (var i = 0; i < Connections; i++) lazy[i] = await RawClient.OpenAsync(Server, "?user=owner");
        foreach (var client in lazy) await client.SendAsync(flood);
        return lazy;
    }
}
