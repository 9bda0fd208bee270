using System.Text.Json;
using FluentAssertions;
using NUnit.Framework;
using RoomWs.Server.Configuration;
using RoomWs.Tests.Support;

namespace RoomWs.Tests.Features.Messages;

/// <summary>A replay takes as long as its client reads. What it shows of a room is what the client may see when that is read, not when it asked.</summary>
internal sealed class ResumeRightsTests : EndToEndTest
{
    /// <summary>30 kB each: far more than sockets and outbox hold, so that the replay of what follows waits for the client.</summary>
    private const int BigMessages = 700;

    protected override void Configure(RoomWsOptions options) => (options.Limits.MessageBytes, options.Limits.OutboundQueueBytes) = (131_072, 1_048_576);

    [Test]
    public async Task A_room_that_ended_meanwhile_or_is_another_now_is_not_replayed([Values("deleted", "another's", "removed", "made again")] string end)
    {
        var (alice, mallory) = (await ConnectAsync("alice"), await ConnectAsync("mallory"));
        var bob = await StartAsync(alice);

        if (end == "removed") await alice.SucceedAsync("ROOM_MEMBERS_UPDATED", new { type = "ROOM_REMOVE_MEMBER", roomId = "r", userId = "bob" });
        else await alice.SucceedAsync("ROOM_DELETED", new { type = "ROOM_DELETE", roomId = "r" });
        if (end == "another's")
        {
            await mallory.SucceedAsync("ROOM_CREATED", new { type = "ROOM_CREATE", roomId = "r", joinPolicy = "INVITE" });
            for (var i = 0; i < 5; i++) await mallory.SayAsync("r", "secret");
        }
        else if (end == "made again")
        {
            await mallory.CreateRoomAsync("r", members: ["bob"]);
            for (var i = 0; i < 3; i++) await mallory.SayAsync("r", "live");
        }

        var (messages, complete, snapshot) = await ReadAsync(bob);
        messages.Should().HaveCount(BigMessages + 1).And.OnlyContain(message => message.Text("roomId") != "r");
        complete.GetProperty("resetRooms").EnumerateArray().Select(id => id.GetString()).Should().Equal("r");
        complete.Number("messageCount").Should().Be(BigMessages + 1);
        snapshot.GetProperty("rooms").EnumerateArray().Select(room => room.Text("id")).Should().Equal(end == "made again" ? ["big", "last", "r"] : ["big", "last"]);

        // What was held back comes once, in its place.
        var live = new List<string>();
        await bob.SendAsync(RawClient.TextFrame("""{"type":"PING"}"""));
        for (var frame = await NextAsync(bob); frame.Type() != "PONG"; frame = await NextAsync(bob)) live.Add(frame.Type() == "ROOM_MESSAGE" ? $"{frame.Number("seq")}" : frame.Type());
        live.Should().Equal(end switch
        {
            "removed" => ["ROOM_MEMBERS_UPDATED"],
            "made again" => ["ROOM_DELETED", "ROOM_MEMBERS_UPDATED", "1", "2", "3"],
            _ => ["ROOM_DELETED"],
        });
    }

    [Test]
    public async Task A_replay_ends_in_the_middle_of_a_room_that_the_user_is_removed_from()
    {
        var alice = await ConnectAsync("alice");
        var bob = await StartAsync(alice);

        await alice.SucceedAsync("ROOM_MEMBERS_UPDATED", new { type = "ROOM_REMOVE_MEMBER", roomId = "big", userId = "bob" });

        var (messages, complete, snapshot) = await ReadAsync(bob);
        var ofBig = messages.Where(message => message.Text("roomId") == "big").Select(message => message.Number("seq")).ToList();
        ofBig.Should().HaveCountLessThan(BigMessages).And.Equal(Enumerable.Range(1, ofBig.Count).Select(seq => (long)seq));
        complete.GetProperty("resetRooms").EnumerateArray().Select(id => id.GetString()).Should().Equal("big");
        complete.Number("messageCount").Should().Be(messages.Count).And.Be(ofBig.Count + 3, "the other rooms are replayed");
        snapshot.GetProperty("rooms").EnumerateArray().Select(room => room.Text("id")).Should().Equal("last", "r");
    }

    /// <summary>Bob resumes three rooms and reads no more than the beginning.</summary>
    private async Task<RawClient> StartAsync(TestClient alice)
    {
        await alice.CreateRoomAsync("big", members: ["bob"]);
        var content = string.Concat(Enumerable.Repeat("\u20ac", 10_000));
        for (var i = 0; i < BigMessages; i++) await alice.SayAsync("big", content);
        await alice.CreateRoomAsync("r", members: ["bob"]);
        for (var i = 0; i < 2; i++) await alice.SayAsync("r", "old");
        await alice.CreateRoomAsync("last", members: ["bob"]);
        await alice.SayAsync("last", "x");

        var bob = Server.Track(await RawClient.OpenAsync(Server, "?user=bob"));
        var rooms = new[] { "big", "r", "last" }.Select(roomId => new { roomId, afterSeq = 0 });
        await bob.SendAsync(RawClient.TextFrame(JsonSerializer.Serialize(new { type = "RESUME", limit = 1_000, rooms })));
        (await NextAsync(bob)).Type().Should().Be("RESYNC_START");
        return bob;
    }

    private static async Task<(List<JsonElement> Messages, JsonElement Complete, JsonElement Snapshot)> ReadAsync(RawClient client)
    {
        var messages = new List<JsonElement>();
        JsonElement frame;
        while ((frame = await NextAsync(client)).Type() == "ROOM_MESSAGE") messages.Add(frame);
        return (messages, frame, await NextAsync(client));
    }

    private static async Task<JsonElement> NextAsync(RawClient client) => JsonDocument.Parse((await client.ReadFrameAsync()).Payload).RootElement;
}
