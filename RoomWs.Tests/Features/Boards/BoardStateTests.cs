using FluentAssertions;
using NUnit.Framework;
using RoomWs.Tests.Support;

namespace RoomWs.Tests.Features.Boards;

[CommandSample("""{"type":"ROOM_BOARD_STATE","roomId":"$room","boardId":"$board"}""")]
[CommandSample("""{"type":"ROOM_BOARD_SNAPSHOT","roomId":"$room","boardId":"$board","seq":1,"payload":"all"}""")]
internal sealed class BoardStateTests : BoardTest
{
    [SetUp]
    public Task CreateBoardAsync() => Alice.CreateBoardAsync("r1", "b1");

    [Test]
    public async Task The_state_is_the_snapshot_and_the_updates_behind_it()
    {
        await Alice.DrawAsync("r1", "b1", "a");
        await Carol.DrawAsync("r1", "b1", "b");
        var whole = await Bob.BoardStateAsync("r1", "b1");
        whole.Body().Should().Be(
            $$"""type:"ROOM_BOARD_STATE_RESPONSE",roomId:"r1",boardId:"b1",epoch:"{{whole.Text("epoch")}}",snapshot:null,updates:[{"seq":1,"userId":"alice","payload":"a"},{"seq":2,"userId":"carol","payload":"b"}],hasMore:false""");

        await Carol.BoardStateAsync("r1", "b1");
        var compacted = await Carol.CompactAsync("r1", "b1", 1, "A");

        compacted.Body().Should().Be("type:\"ROOM_BOARD_SNAPSHOT_RESPONSE\",roomId:\"r1\",boardId:\"b1\",seq:1");
        var state = await Bob.BoardStateAsync("r1", "b1");
        state.GetProperty("snapshot").GetRawText().Should().Be("""{"seq":1,"payload":"A"}""");
        state.Seqs("updates").Should().Equal(2);
        (await Alice.DrawAsync("r1", "b1", "c")).Number("seq").Should().Be(3, "a compaction takes no number and frees none");
    }

    [Test]
    public async Task A_client_gets_what_is_after_what_it_has_and_the_snapshot_where_that_is_older()
    {
        for (var i = 1; i <= 6; i++) await Alice.DrawAsync("r1", "b1", $"u{i}");
        await Alice.CompactAsync("r1", "b1", 4, "S");

        foreach (var (afterSeq, hasSnapshot, updates) in new (long?, bool, long[])[]
        {
            (null, true, [5, 6]), (0, true, [5, 6]), (3, true, [5, 6]), (4, false, [5, 6]), (5, false, [6]), (6, false, []), (99, true, [5, 6]),
        })
        {
            var state = await Carol.BoardStateAsync("r1", "b1", afterSeq);
            state.IsNull("snapshot").Should().Be(!hasSnapshot);
            state.Seqs("updates").Should().Equal(updates);
            state.GetProperty("hasMore").GetBoolean().Should().BeFalse();
        }
    }

    [Test]
    public async Task Pages_are_bounded_by_500_updates()
    {
        for (var i = 1; i <= 1_001; i++) await Alice.SendAsync("""{"type":"ROOM_BOARD_UPDATE","roomId":"r1","boardId":"b1","payload":"x"}""");
        for (var i = 1; i <= 1_001; i++) (await Alice.ExpectAsync("ROOM_BOARD_UPDATE_RESPONSE")).Number("seq").Should().Be(i);

        foreach (var (afterSeq, count, hasMore) in new[] { (0, 500, true), (500, 500, true), (501, 500, false), (1_000, 1, false) })
        {
            var page = await Carol.BoardStateAsync("r1", "b1", afterSeq);
            page.Seqs("updates").Should().Equal(Enumerable.Range(afterSeq + 1, count).Select(seq => (long)seq));
            page.GetProperty("hasMore").GetBoolean().Should().Be(hasMore);
        }
    }

    [Test]
    public async Task Pages_are_bounded_in_characters_but_never_empty()
    {
        for (var i = 1; i <= 9; i++) await Alice.DrawAsync("r1", "b1", new string('p', 32_768));

        var seqs = new List<long>();
        var pages = 0;
        bool hasMore;
        do
        {
            var page = await Carol.BoardStateAsync("r1", "b1", seqs.Count);
            page.GetProperty("updates").EnumerateArray().Sum(update => update.Text("payload").Length).Should().BeInRange(1, 131_072);
            seqs.AddRange(page.Seqs("updates"));
            hasMore = page.GetProperty("hasMore").GetBoolean();
            pages++;
        }
        while (hasMore);

        seqs.Should().Equal(1, 2, 3, 4, 5, 6, 7, 8, 9);
        pages.Should().Be(3);
    }

    [TestCase(0)]
    [TestCase(-1)]
    [TestCase(2)]
    [TestCase(1)]
    [TestCase(4)]
    public async Task A_snapshot_of_an_older_or_a_future_number_is_a_conflict_and_changes_nothing(long seq)
    {
        for (var i = 1; i <= 3; i++) await Alice.DrawAsync("r1", "b1", "x");
        await Alice.CompactAsync("r1", "b1", 2, "S");
        var before = await Carol.BoardStateAsync("r1", "b1");

        var error = await Carol.BeRefusedAsync("CONFLICT", new { type = "ROOM_BOARD_SNAPSHOT", roomId = "r1", boardId = "b1", seq, payload = "T" });

        error.Message().Should().Contain("seq");
        (await Carol.BoardStateAsync("r1", "b1")).Body().Should().Be(before.Body());
        await Carol.CompactAsync("r1", "b1", 3, "T");
        (await Carol.BoardStateAsync("r1", "b1")).Seqs("updates").Should().BeEmpty();
    }

    [Test]
    public async Task An_empty_board_cannot_be_compacted_and_of_two_who_do_the_same_one_wins()
    {
        await Alice.BeRefusedAsync("CONFLICT", new { type = "ROOM_BOARD_SNAPSHOT", roomId = "r1", boardId = "b1", seq = 0, payload = "S" });
        await Alice.DrawAsync("r1", "b1", "x");

        var replies = await Task.WhenAll(new[] { Alice, Bob, Carol }.Select(client => client.RequestAsync(new { type = "ROOM_BOARD_SNAPSHOT", roomId = "r1", boardId = "b1", seq = 1, payload = "S" })));

        replies.Select(reply => reply.Code()).Should().BeEquivalentTo(null, "CONFLICT", "CONFLICT");
    }

    [Test]
    public async Task A_snapshot_may_be_as_large_as_a_message_and_nobody_is_told_of_it()
    {
        foreach (var client in new[] { Bob, Carol }) await client.ExpectAsync("ROOM_BOARD_CREATED");
        foreach (var client in new[] { Alice, Bob, Carol }) await client.EnterAsync("r1");
        await Alice.DrawAsync("r1", "b1", "x");
        foreach (var client in new[] { Bob, Carol }) await client.ExpectAsync("ROOM_BOARD_UPDATED");
        var payload = new string('s', 65_000);

        await Alice.CompactAsync("r1", "b1", 1, payload);

        (await Bob.BoardStateAsync("r1", "b1")).GetProperty("snapshot").Text("payload").Should().Be(payload);
        await ExpectNothingAsync();
    }

    [Test]
    public async Task Refusals_say_what_is_wrong()
    {
        await ExpectRoomRefusalsAsync(roomId => new { type = "ROOM_BOARD_STATE", roomId, boardId = "b1" });
        await ExpectRoomRefusalsAsync(roomId => new { type = "ROOM_BOARD_SNAPSHOT", roomId, boardId = "b1", seq = 1, payload = "x" });
        await Alice.BeRefusedAsync("NOT_FOUND", new { type = "ROOM_BOARD_STATE", roomId = "r1", boardId = "b2" });
        await Alice.BeRefusedAsync("NOT_FOUND", new { type = "ROOM_BOARD_SNAPSHOT", roomId = "r1", boardId = "b2", seq = 1, payload = "x" });
        await Alice.DrawAsync("r1", "b1", "x");

        foreach (var (request, field) in new (object, string)[]
        {
            (new { type = "ROOM_BOARD_STATE", roomId = "r1" }, "boardId"),
            (new { type = "ROOM_BOARD_STATE", roomId = "r1", boardId = "a b" }, "boardId"),
            (new { type = "ROOM_BOARD_STATE", roomId = "r1", boardId = "b1", afterSeq = -1 }, "afterSeq"),
            (new { type = "ROOM_BOARD_STATE", roomId = "r1", boardId = "b1", afterSeq = "1" }, "afterSeq"),
            (new { type = "ROOM_BOARD_SNAPSHOT", roomId = "r1", boardId = "b1", seq = 1 }, "payload"),
            (new { type = "ROOM_BOARD_SNAPSHOT", roomId = "r1", boardId = "b1", seq = 1, payload = "" }, "payload"),
            (new { type = "ROOM_BOARD_SNAPSHOT", roomId = "r1", boardId = "b1", payload = "x" }, "seq"),
            (new { type = "ROOM_BOARD_SNAPSHOT", roomId = "r1", seq = 1, payload = "x" }, "boardId"),
        })
        {
            (await Alice.BeRefusedAsync("VALIDATION_ERROR", request)).Message().Should().Contain(field);
        }
    }
}
