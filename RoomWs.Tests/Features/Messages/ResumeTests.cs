using System.Text.Json;
using FluentAssertions;
using NUnit.Framework;
using RoomWs.Tests.Support;

namespace RoomWs.Tests.Features.Messages;

[CommandSample("""{"type":"RESUME","rooms":[{"roomId":"$room","afterSeq":0}]}""")]
internal sealed class ResumeTests : EndToEndTest
{
    [Test]
    public async Task The_answer_is_start_messages_complete_and_rooms_all_under_the_correlation_id()
    {
        var alice = await ConnectAsync("alice");
        var live = await ConnectAsync("bob");
        await alice.CreateRoomAsync("r1", members: ["bob"]);
        await alice.CreateRoomAsync("r2", members: ["bob"]);
        for (var i = 1; i <= 5; i++)
        {
            await alice.SayAsync("r1", $"r1 {i}");
            await alice.SayAsync("r2", $"r2 {i}");
        }

        await live.SettleAsync();
        var told = live.Received.Where(frame => frame.Type() == "ROOM_MESSAGE").Select(frame => frame.Body()).ToList();
        var bob = await ConnectAsync("bob");
        var frames = await ResumeAsync(bob, new { type = "RESUME", rooms = new[] { new { roomId = "r2", afterSeq = 3 }, new { roomId = "r1", afterSeq = 1 } } });

        string.Join(' ', frames.Select(frame => frame.Type())).Should().Be(
            "RESYNC_START ROOM_MESSAGE ROOM_MESSAGE ROOM_MESSAGE ROOM_MESSAGE ROOM_MESSAGE ROOM_MESSAGE RESYNC_COMPLETE ROOMS_SNAPSHOT");
        frames[1..^2].Select(frame => frame.Text("content")).Should().Equal("r2 4", "r2 5", "r1 2", "r1 3", "r1 4", "r1 5");
        frames[1..^2].Select(frame => frame.Body()).Should().BeSubsetOf(told);
        frames[^2].Body().Should().Be("type:\"RESYNC_COMPLETE\",messageCount:6,truncated:false,truncatedRooms:[],resetRooms:[]");
        var list = await bob.SucceedAsync("ROOM_LIST_RESPONSE", new { type = "ROOM_LIST" });
        frames[^1].GetProperty("rooms").GetRawText().Should().Be(list.GetProperty("rooms").GetRawText());
        frames[0].Number("timestamp").Should().BePositive();
        await bob.ExpectNothingAsync();
    }

    [Test]
    public async Task Rooms_that_the_user_is_no_member_of_are_passed_over_without_a_word()
    {
        var alice = await ConnectAsync("alice");
        var bob = await ConnectAsync("bob");
        await alice.CreateRoomAsync("hers");
        await alice.SayAsync("hers", "secret");
        await alice.CreateRoomAsync("left", members: ["bob"]);
        await alice.SayAsync("left", "secret");
        await bob.SucceedAsync("ROOM_LEAVE_RESPONSE", new { type = "ROOM_LEAVE", roomId = "left" });
        bob = await ConnectAsync("bob");

        var frames = await ResumeAsync(bob, new { type = "RESUME", rooms = new[] { "hers", "left", "nowhere" }.Select(roomId => new { roomId, afterSeq = 0 }) });

        frames.Should().HaveCount(3);
        frames[1].Number("messageCount").Should().Be(0);
        frames[2].GetProperty("rooms").GetArrayLength().Should().Be(0);
    }

    [Test]
    public async Task The_limit_is_per_room_keeps_the_newest_and_is_told_by_truncated()
    {
        var alice = await ConnectAsync("alice");
        await alice.CreateRoomAsync("r1");
        await alice.CreateRoomAsync("r2");
        for (var i = 1; i <= 101; i++) await alice.SayAsync("r1", "x");
        for (var i = 1; i <= 3; i++) await alice.SayAsync("r2", "x");

        await ExpectAsync("", 103, truncated: true, firstSeq: 2);
        await ExpectAsync(",\"limit\":101", 104, truncated: false, firstSeq: 1);
        await ExpectAsync(",\"limit\":1000", 104, truncated: false, firstSeq: 1);
        await ExpectAsync(",\"limit\":3", 6, truncated: true, firstSeq: 99);
        await ExpectAsync(",\"limit\":1", 2, truncated: true, firstSeq: 101);

        async Task ExpectAsync(string limit, int count, bool truncated, int firstSeq)
        {
            await alice.SendAsync($$"""{"type":"RESUME","correlationId":"t","rooms":[{"roomId":"r1","afterSeq":0},{"roomId":"r2","afterSeq":0}]{{limit}}}""");
            var frames = await ReadAsync(alice);
            frames[1].Number("seq").Should().Be(firstSeq, limit);
            frames.Should().HaveCount(count + 3, limit);
            frames[^2].Number("messageCount").Should().Be(count, limit);
            frames[^2].GetProperty("truncated").GetBoolean().Should().Be(truncated, limit);
        }
    }

    [TestCase("")]
    [TestCase(",\"rooms\":null")]
    [TestCase(",\"rooms\":[]")]
    [TestCase(",\"rooms\":[{\"roomId\":\"r1\",\"afterSeq\":2}]")]
    public async Task Where_nothing_was_missed_the_rooms_come_alone(string rooms)
    {
        var alice = await ConnectAsync("alice");
        await alice.CreateRoomAsync("r1");
        await alice.SayAsync("r1", "x");
        await alice.SayAsync("r1", "x");

        await alice.SendAsync($$"""{"type":"RESUME","correlationId":"t"{{rooms}}}""");

        var frames = await ReadAsync(alice);
        frames.Should().HaveCount(3);
        frames[1].Body().Should().Be("type:\"RESYNC_COMPLETE\",messageCount:0,truncated:false,truncatedRooms:[],resetRooms:[]");
        frames[2].GetProperty("rooms").GetArrayLength().Should().Be(1);
    }

    [TestCase("\"limit\":0", "limit")]
    [TestCase("\"limit\":1001", "limit")]
    [TestCase("\"rooms\":{}", "rooms must be an array of objects")]
    [TestCase("\"rooms\":[null]", "rooms[0] must")]
    [TestCase("\"rooms\":[{\"roomId\":\"r1\",\"afterSeq\":0},{\"roomId\":\"r2\",\"afterSeq\":-1}]", "rooms[1]")]
    [TestCase("\"rooms\":[{\"roomId\":\"a b\",\"afterSeq\":0}]", "rooms[0]")]
    [TestCase("\"rooms\":[{\"roomId\":\"r1\"}]", "rooms[0] must be an object with roomId and afterSeq")]
    [TestCase("\"rooms\":[{\"afterSeq\":1}]", "rooms[0] must be an object with roomId and afterSeq")]
    [TestCase("\"rooms\":[{\"roomId\":\"r1\",\"afterSeq\":0},{\"roomId\":\"r1\",\"afterSeq\":1}]", "rooms")]
    public async Task An_invalid_request_is_one_error_and_the_stream_goes_on(string fields, string named)
    {
        var alice = await ConnectAsync("alice");
        var elsewhere = await ConnectAsync("alice");
        await elsewhere.SettleAsync();
        await alice.CreateRoomAsync("r1");
        await elsewhere.ExpectAsync("ROOM_MEMBERS_UPDATED");

        await elsewhere.SendAsync($$"""{"type":"RESUME",{{fields}}}""");

        var error = await elsewhere.ExpectAsync("ERROR");
        error.Code().Should().Be("VALIDATION_ERROR");
        error.Message().Should().Contain(named);
        await alice.SayAsync("r1", "x");
        await elsewhere.ExpectAsync("ROOM_MESSAGE");
    }

    [Test]
    public async Task More_rooms_than_a_thousand_and_a_stranger_are_refused()
    {
        var alice = await ConnectAsync("alice");
        static IEnumerable<object> Rooms(int count) => Enumerable.Range(0, count).Select(i => new { roomId = $"r{i}", afterSeq = 0 });
        (await ResumeAsync(alice, new { type = "RESUME", rooms = Rooms(1_000) })).Should().HaveCount(3);
        await alice.BeRefusedAsync("VALIDATION_ERROR", new { type = "RESUME", rooms = Rooms(1_001) });

        var stranger = await TestClient.OpenAsync(Server);
        await stranger.BeRefusedAsync("UNAUTHORIZED", new { type = "RESUME" });
    }

    private static async Task<JsonElement[]> ResumeAsync(TestClient client, object request)
    {
        var correlationId = await client.SendRequestAsync(request);
        var frames = await ReadAsync(client);
        frames.Should().OnlyContain(frame => frame.Text("correlationId") == correlationId);
        return frames;
    }

    private static async Task<JsonElement[]> ReadAsync(TestClient client)
    {
        var frames = new List<JsonElement>();
        do frames.Add(await client.NextAsync());
        while (frames[^1].Type() is not "ROOMS_SNAPSHOT" and not "ERROR");
        return [.. frames];
    }
}
