using System.Text.Json;
using FluentAssertions;
using NUnit.Framework;
using RoomWs.Tests.Support;

namespace RoomWs.Tests.Features.Messages;

/// <summary>The numbers of a room's messages mean something under its epoch alone.</summary>
internal sealed class RoomEpochTests : EndToEndTest
{
    [Test]
    public async Task The_epoch_is_shown_wherever_the_room_is_and_stays_as_long_as_the_room()
    {
        var (alice, bob) = (await ConnectAsync("alice"), await ConnectAsync("bob"));
        var epoch = (await alice.SucceedAsync("ROOM_CREATED", new { type = "ROOM_CREATE", roomId = "r1" })).Room().Text("epoch");
        epoch.Should().NotBeEmpty();
        (await bob.SucceedAsync("ROOM_JOIN_RESPONSE", new { type = "ROOM_JOIN", roomId = "r1" })).Room().Text("epoch").Should().Be(epoch);
        await alice.SucceedAsync("ROOM_UPDATED", new { type = "ROOM_UPDATE_META", roomId = "r1", patch = new { name = "new" } });
        (await alice.RoomAsync("r1")).Text("epoch").Should().Be(epoch);

        await Server.RestartAsync();
        bob = await ConnectAsync("bob");
        (await bob.RoomAsync("r1")).Text("epoch").Should().Be(epoch);
        (await bob.SucceedAsync("ROOM_HISTORY_RESPONSE", new { type = "ROOM_HISTORY", roomId = "r1" })).Text("epoch").Should().Be(epoch);
        var state = await bob.SucceedAsync("ROOM_STATE", new { type = "ROOM_ENTER", roomId = "r1" });
        (state.Text("epoch"), state.Room().Text("epoch")).Should().Be((epoch, epoch));
        foreach (var includeAll in new[] { false, true })
        {
            var list = await bob.SucceedAsync("ROOM_LIST_RESPONSE", new { type = "ROOM_LIST", includeAll });
            list.GetProperty("rooms")[0].Text("epoch").Should().Be(epoch);
        }

        (await ResumeAsync(bob))[^1].GetProperty("rooms")[0].Text("epoch").Should().Be(epoch);
    }

    /// <summary>A room of 8 messages in place of one of 20, under its id.</summary>
    [TestCase(20, true, false)]
    [TestCase(20, true, true)]
    [TestCase(9, true, false)]
    [TestCase(3, true, true)]
    [TestCase(8, true, true)]
    [TestCase(8, false, false)]
    [TestCase(3, false, false)]
    public async Task A_place_in_a_room_that_was_made_again_is_reset(int afterSeq, bool isReset, bool namesEpoch)
    {
        var alice = await ConnectAsync("alice");
        var old = await MakeAsync(alice, messages: 20);
        await alice.SucceedAsync("ROOM_DELETED", new { type = "ROOM_DELETE", roomId = "r1" });
        var present = await MakeAsync(alice, messages: 8);
        present.Should().NotBe(old);

        var frames = await ResumeAsync(alice, Place(afterSeq, namesEpoch ? old : null));

        frames[1..^2].Select(frame => frame.Number("seq")).Should().Equal(Seqs(isReset ? 0 : afterSeq));
        ExpectComplete(frames[^2], truncated: [], reset: isReset ? ["r1"] : []);

        // Under its present epoch a place is one.
        frames = await ResumeAsync(alice, Place(6, present));
        frames[1..^2].Select(frame => frame.Number("seq")).Should().Equal(7, 8);
        ExpectComplete(frames[^2], truncated: [], reset: []);

        static IEnumerable<long> Seqs(long after) => Enumerable.Range(1, 8).Select(seq => (long)seq).Where(seq => seq > after);
    }

    [Test]
    public async Task Of_a_room_that_is_reset_the_newest_messages_come_and_each_list_names_its_own_rooms()
    {
        var alice = await ConnectAsync("alice");
        await MakeAsync(alice, messages: 4);
        foreach (var roomId in new[] { "long", "short" })
        {
            await alice.CreateRoomAsync(roomId);
            await alice.SayAsync(roomId, "x");
        }

        await alice.SayAsync("long", "x");
        await alice.SayAsync("long", "x");
        var correlationId = await alice.SendRequestAsync(new
        {
            type = "RESUME",
            limit = 2,
            rooms = new object[] { Place(99, null), new { roomId = "short", afterSeq = 0 }, new { roomId = "long", afterSeq = 0 }, new { roomId = "nowhere", afterSeq = 5 } },
        });
        var frames = await ReadAsync(alice, correlationId);

        frames[1..^2].Select(frame => $"{frame.Text("roomId")} {frame.Number("seq")}").Should().Equal("r1 3", "r1 4", "short 1", "long 2", "long 3");
        ExpectComplete(frames[^2], truncated: ["r1", "long"], reset: ["r1"]);
    }

    [TestCase("7")]
    [TestCase("{}")]
    public async Task An_epoch_that_is_no_text_is_refused(string epoch)
    {
        var alice = await ConnectAsync("alice");
        await alice.SendAsync($$"""{"type":"RESUME","rooms":[{"roomId":"r1","afterSeq":0,"epoch":{{epoch}}}]}""");
        (await alice.ExpectAsync("ERROR")).Code().Should().Be("VALIDATION_ERROR");
    }

    private static object Place(long afterSeq, string? epoch) => epoch is null ? new { roomId = "r1", afterSeq } : new { roomId = "r1", afterSeq, epoch };

    private static async Task<string?> MakeAsync(TestClient owner, int messages)
    {
        await owner.CreateRoomAsync("r1");
        for (var i = 1; i <= messages; i++) await owner.SayAsync("r1", $"{i}");
        return (await owner.RoomAsync("r1")).Text("epoch");
    }

    private static void ExpectComplete(JsonElement complete, string[] truncated, string[] reset)
    {
        complete.GetProperty("truncatedRooms").EnumerateArray().Select(id => id.GetString()).Should().Equal(truncated);
        complete.GetProperty("resetRooms").EnumerateArray().Select(id => id.GetString()).Should().Equal(reset);
        complete.GetProperty("truncated").GetBoolean().Should().Be(truncated.Length > 0);
    }

    private static async Task<JsonElement[]> ResumeAsync(TestClient client, params object[] rooms) =>
        await ReadAsync(client, await client.SendRequestAsync(new { type = "RESUME", rooms }));

    private static async Task<JsonElement[]> ReadAsync(TestClient client, string correlationId)
    {
        var frames = new List<JsonElement>();
        do frames.Add(await client.ReplyAsync(correlationId));
        while (frames[^1].Type() is not "ROOMS_SNAPSHOT" and not "ERROR");
        return [.. frames];
    }
}
