using System.Text.Json;
using FluentAssertions;
using NUnit.Framework;
using RoomWs.Tests.Support;

namespace RoomWs.Tests.WholeServer;

internal sealed class OrderTests : EndToEndTest
{
    private const int Admins = 8;
    private const int ChangesOfEach = 125;
    private const int Listeners = 5;

    [Test]
    public async Task Replies_come_in_the_order_of_requests_whatever_kind_they_are_of()
    {
        var alice = await ConnectAsync("alice");
        await alice.CreateRoomAsync("r1");
        string[] kinds =
        [
            """{"type":"ROOM_UPDATE_META","roomId":"r1","patch":{"name":"n"},"correlationId":""",
            """{"type":"ROOM_INFO","roomId":"r1","correlationId":""",
            """{"type":"ROOM_UPDATE_META","roomId":"r1","patch":{},"correlationId":""",
            """{"type":"ROOM_ADD_MEMBERS","roomId":"nowhere","userIds":["x"],"correlationId":""",
            """{"type":"PING","correlationId":""",
            """{"type":"NO_SUCH","correlationId":""",
            """{"type":"ROOM_CREATE","correlationId":""",
            """{"type":"ROOM_LIST","correlationId":""",
            """{"type":"ROOM_CREATE","name":7,"correlationId":""",
            """{"type":"ROOM_MEMBERS","roomId":"r1","correlationId":""",
        ];

        for (var i = 0; i < 50; i++) await alice.SendAsync($"{kinds[i * 7 % kinds.Length]}{i}}}");

        for (var i = 0; i < 50; i++) (await alice.NextAsync()).Number("correlationId").Should().Be(i);
        await alice.ExpectNothingAsync();
    }

    [Test]
    public async Task A_read_sees_the_changes_that_the_same_socket_asked_for_before_it()
    {
        var alice = await ConnectAsync("alice");
        await alice.CreateRoomAsync("r1");
        for (var i = 0; i < 20; i++)
        {
            await alice.SendRequestAsync(new { type = "ROOM_UPDATE_META", roomId = "r1", patch = new { name = $"n{i}" } });
            await alice.SendRequestAsync(new { type = "ROOM_INFO", roomId = "r1" });
        }

        for (var i = 0; i < 20; i++)
        {
            (await alice.ExpectAsync("ROOM_UPDATED")).Version().Should().Be(i + 2);
            var room = (await alice.ExpectAsync("ROOM_CREATED")).Room();
            room.Version().Should().Be(i + 2);
            room.Meta().Text("name").Should().Be($"n{i}");
        }
    }

    [TestCase("\"plain\"")]
    [TestCase("\"a\\u0062\\n\\\"\\/ \\ud83d\\ude00 é\"")]
    [TestCase("0")]
    [TestCase("-9223372036854775808")]
    [TestCase("9223372036854775807")]
    [TestCase("-0")]
    public async Task A_correlation_id_comes_back_as_it_was_sent(string id)
    {
        var alice = await ConnectAsync("alice");
        foreach (var type in new[] { "PING", "ROOM_LIST", "ROOM_CREATE", "NO_SUCH", "ROOM_DELETE" })
        {
            await alice.SendAsync($$"""{"correlationId": {{id}} ,"type":"{{type}}"}""");
            (await alice.NextAsync()).GetProperty("correlationId").GetRawText().Should().Be(id);
        }
    }

    [Test]
    public async Task Without_a_correlation_id_the_reply_has_none_and_the_same_twice_is_two_requests()
    {
        var alice = await ConnectAsync("alice");

        await alice.SendAsync("""{"type":"ROOM_CREATE"}""");
        (await alice.ExpectAsync("ROOM_CREATED")).Has("correlationId").Should().BeFalse();
        await alice.SendAsync("""{"type":"ROOM_DELETE"}""");
        (await alice.ExpectAsync("ERROR")).Has("correlationId").Should().BeFalse();

        for (var i = 0; i < 2; i++) await alice.SendAsync("""{"type":"ROOM_CREATE","correlationId":"same"}""");
        for (var i = 0; i < 2; i++) (await alice.ExpectAsync("ROOM_CREATED")).Text("correlationId").Should().Be("same");
        (await alice.SucceedAsync("ROOM_LIST_RESPONSE", new { type = "ROOM_LIST" })).Number("count").Should().Be(3);
    }

    [Test]
    public async Task Under_changes_from_all_sides_every_socket_sees_every_version_rise_with_its_own_replies_in_their_place()
    {
        var owner = await ConnectAsync("owner");
        var names = Enumerable.Range(0, Admins).Select(i => $"admin{i}").ToArray();
        await owner.CreateRoomAsync("r1", members: [.. Enumerable.Range(0, Listeners).Select(i => $"listener{i}")], admins: names);
        var admins = await Task.WhenAll(names.Select(ConnectAsync));
        var listeners = await Task.WhenAll(Enumerable.Range(0, Listeners).Select(i => ConnectAsync($"listener{i}")));
        var last = 1 + Admins + (Admins * ChangesOfEach);

        var sending = Task.WhenAll(admins.Select((admin, i) => ChangeAsync(admin, i)));
        var seen = await Task.WhenAll(admins.Concat(listeners).Select(client => ReadUntilAsync(client, last)));
        await sending;

        foreach (var (frames, i) in seen.Select((frames, i) => (frames, i)))
        {
            var versions = frames.Select(frame => frame.Version()).ToList();
            versions.Should().BeInAscendingOrder().And.OnlyHaveUniqueItems();
            var meta = frames.Where(frame => frame.Type() == "ROOM_UPDATED").ToList();
            meta.Should().HaveCount(Admins * (ChangesOfEach - (ChangesOfEach / 5)), "changes of meta are never dropped");

            var own = frames.Where(frame => frame.Has("correlationId")).Select(frame => frame.Number("correlationId"));
            own.Should().Equal(i < Admins ? Enumerable.Range(0, ChangesOfEach).Select(n => (long)n) : []);
        }

        var room = await owner.RoomAsync("r1");
        room.Version().Should().Be(last);
        room.Texts("members").Should().HaveCount(1 + Admins + Listeners + (Admins * ChangesOfEach / 5)).And.OnlyHaveUniqueItems();
        room.Meta().Text("name").Should().Be(seen[0].Last(frame => frame.Type() == "ROOM_UPDATED").GetProperty("patch").Text("name"));
    }

    /// <summary>Every fifth change is one of members, which may be conflated; the others are of meta, which may not.</summary>
    private static async Task ChangeAsync(TestClient admin, int index)
    {
        for (var n = 0; n < ChangesOfEach; n++)
        {
            object change = n % 5 == 4
                ? new { type = "ROOM_ADD_MEMBERS", correlationId = n, roomId = "r1", userIds = new[] { $"guest{index}-{n}" } }
                : new { type = "ROOM_UPDATE_META", correlationId = n, roomId = "r1", patch = new { name = $"{index}-{n}" } };
            await admin.SendAsync(change);
        }
    }

    private static async Task<List<JsonElement>> ReadUntilAsync(TestClient client, int last)
    {
        var frames = new List<JsonElement>();
        do frames.Add(await client.NextAsync());
        while (frames[^1].Version() < last);
        return frames;
    }
}
