using System.Globalization;
using FluentAssertions;
using NUnit.Framework;
using RoomWs.Tests.Support;

namespace RoomWs.Tests.Features.Messages;

[CommandSample("""{"type":"ROOM_HISTORY","roomId":"$room","limit":10}""")]
internal sealed class GetRoomHistoryTests : EndToEndTest
{
    private const int Messages = 250;

    [Test]
    public async Task Pages_go_either_way_or_show_the_newest_always_by_rising_number()
    {
        var alice = await ConnectAsync("alice");
        await alice.CreateRoomAsync("r1");
        for (var i = 1; i <= Messages; i++) await alice.SendAsync($$"""{"type":"ROOM_MESSAGE","roomId":"r1","content":"m{{i}}"}""");
        for (var i = 1; i <= Messages; i++) await alice.ExpectAsync("ROOM_MESSAGE_RESPONSE");

        (string Fields, int First, int Last, bool HasMore)[] pages =
        [
            ("", 201, 250, true),
            ("\"limit\":200", 51, 250, true),
            ("\"limit\":1", 250, 250, true),
            ("\"beforeSeq\":251,\"limit\":200", 51, 250, true),
            ("\"beforeSeq\":52", 2, 51, true),
            ("\"beforeSeq\":51", 1, 50, false),
            ("\"beforeSeq\":3,\"limit\":200", 1, 2, false),
            ("\"beforeSeq\":1", 1, 0, false),
            ("\"beforeSeq\":9223372036854775807,\"limit\":2", 249, 250, true),
            ("\"afterSeq\":0", 1, 50, true),
            ("\"afterSeq\":199", 200, 249, true),
            ("\"afterSeq\":200", 201, 250, false),
            ("\"afterSeq\":50,\"limit\":200", 51, 250, false),
            ("\"afterSeq\":250", 1, 0, false),
            ("\"afterSeq\":9223372036854775807", 1, 0, false),
        ];
        foreach (var (fields, first, last, hasMore) in pages)
        {
            await alice.SendAsync($$"""{"type":"ROOM_HISTORY","roomId":"r1"{{(fields.Length > 0 ? "," : "")}}{{fields}}}""");
            var page = await alice.ExpectAsync("ROOM_HISTORY_RESPONSE");
            page.Text("roomId").Should().Be("r1");
            page.Seqs("messages").Should().Equal(Enumerable.Range(first, last - first + 1).Select(seq => (long)seq), fields);
            page.GetProperty("messages").EnumerateArray().All(message => message.Text("content") == "m" + message.Number("seq").ToString(CultureInfo.InvariantCulture)).Should().BeTrue();
            page.GetProperty("hasMore").GetBoolean().Should().Be(hasMore, fields);
        }
    }

    [Test]
    public async Task A_kept_message_is_what_was_told_live_with_the_name_of_then_also_after_a_restart()
    {
        var alice = await ConnectAsync("alice");
        var bob = await TestClient.ConnectAsync(Server, "bob", "Bobby");
        await alice.CreateRoomAsync("r1", members: ["bob"]);
        await bob.SucceedAsync("ROOM_MESSAGE_RESPONSE", new { type = "ROOM_MESSAGE", roomId = "r1", content = "line\n\"é\" 😀", clientMessageId = "c1", messageType = "note" });
        await bob.SayAsync("r1", "plain");
        string[] told = [(await alice.ExpectAsync("ROOM_MESSAGE")).Body(), (await alice.ExpectAsync("ROOM_MESSAGE")).Body()];

        await Server.RestartAsync();
        alice = await ConnectAsync("alice");
        await TestClient.ConnectAsync(Server, "bob", "Robert");
        var page = await alice.SucceedAsync("ROOM_HISTORY_RESPONSE", new { type = "ROOM_HISTORY", roomId = "r1" });

        page.GetProperty("messages").EnumerateArray().Select(message => "type:\"ROOM_MESSAGE\"," + message.Body()).Should().Equal(told);
    }

    [Test]
    public async Task A_newcomer_sees_what_was_said_before_and_a_room_of_no_words_has_no_messages()
    {
        var alice = await ConnectAsync("alice");
        var bob = await ConnectAsync("bob");
        await alice.CreateRoomAsync("r1");
        var empty = await alice.SucceedAsync("ROOM_HISTORY_RESPONSE", new { type = "ROOM_HISTORY", roomId = "r1" });
        empty.Body().Should().Be($"type:\"ROOM_HISTORY_RESPONSE\",roomId:\"r1\",epoch:\"{empty.Text("epoch")}\",messages:[],hasMore:false");
        await alice.SayAsync("r1", "before");

        await bob.SucceedAsync("ROOM_JOIN_RESPONSE", new { type = "ROOM_JOIN", roomId = "r1" });

        (await bob.SucceedAsync("ROOM_HISTORY_RESPONSE", new { type = "ROOM_HISTORY", roomId = "r1" })).Seqs("messages").Should().Equal(1);
    }

    [Test]
    public async Task A_sender_finds_its_own_message_in_the_history_that_it_asks_for_right_behind_it()
    {
        var alice = await ConnectAsync("alice");
        await alice.CreateRoomAsync("r1");
        for (var seq = 1; seq <= 20; seq++)
        {
            await alice.SendRequestAsync(new { type = "ROOM_MESSAGE", roomId = "r1", content = "x" });
            await alice.SendRequestAsync(new { type = "ROOM_HISTORY", roomId = "r1", limit = 1 });
        }

        for (var seq = 1; seq <= 20; seq++)
        {
            (await alice.ExpectAsync("ROOM_MESSAGE_RESPONSE")).Number("seq").Should().Be(seq);
            (await alice.ExpectAsync("ROOM_HISTORY_RESPONSE")).Seqs("messages").Should().Equal(seq);
        }
    }

    [Test]
    public async Task Refusals_say_what_is_wrong()
    {
        var alice = await ConnectAsync("alice");
        var mallory = await ConnectAsync("mallory");
        await alice.CreateRoomAsync("r1");

        var both = await alice.BeRefusedAsync("VALIDATION_ERROR", new { type = "ROOM_HISTORY", roomId = "r1", beforeSeq = 5, afterSeq = 1 });
        both.Message().Should().Contain("beforeSeq").And.Contain("afterSeq");
        foreach (var limit in new[] { 0, -1, 201 })
        {
            (await alice.BeRefusedAsync("VALIDATION_ERROR", new { type = "ROOM_HISTORY", roomId = "r1", limit })).Message().Should().Contain("limit");
        }

        await alice.BeRefusedAsync("VALIDATION_ERROR", new { type = "ROOM_HISTORY" });
        await alice.BeRefusedAsync("VALIDATION_ERROR", new { type = "ROOM_HISTORY", roomId = "r1", afterSeq = "1" });
        await alice.BeRefusedAsync("VALIDATION_ERROR", new { type = "ROOM_HISTORY", roomId = "r1", beforeSeq = 1.5 });
        await alice.BeRefusedAsync("NOT_FOUND", new { type = "ROOM_HISTORY", roomId = "r2" });
        await mallory.BeRefusedAsync("FORBIDDEN", new { type = "ROOM_HISTORY", roomId = "r1" });
    }
}
