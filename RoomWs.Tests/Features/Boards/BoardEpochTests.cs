using System.Text.Json;
using FluentAssertions;
using NUnit.Framework;
using RoomWs.Tests.Support;

namespace RoomWs.Tests.Features.Boards;

/// <summary>The numbers of a board's updates mean something under its epoch alone.</summary>
internal sealed class BoardEpochTests : BoardTest
{
    [Test]
    public async Task The_epoch_is_shown_wherever_the_board_is_and_is_another_for_each_board()
    {
        var created = await Alice.CreateBoardAsync("r1", "b1");
        var epoch = created.GetProperty("board").Text("epoch");
        epoch.Should().NotBeEmpty();
        (await Bob.ExpectAsync("ROOM_BOARD_CREATED")).GetProperty("board").Text("epoch").Should().Be(epoch);
        (await Alice.CreateBoardAsync("r1", "b2")).GetProperty("board").Text("epoch").Should().NotBe(epoch);
        var list = await Carol.SucceedAsync("ROOM_BOARD_LIST_RESPONSE", new { type = "ROOM_BOARD_LIST", roomId = "r1" });
        list.GetProperty("boards")[0].Text("epoch").Should().Be(epoch);
        (await Carol.BoardStateAsync("r1", "b1")).Text("epoch").Should().Be(epoch);

        await Server.RestartAsync();
        await ConnectAllAsync();
        (await Carol.BoardStateAsync("r1", "b1")).Text("epoch").Should().Be(epoch);
    }

    [TestCase(2)]
    [TestCase(3)]
    [TestCase(0)]
    public async Task A_place_on_a_board_that_was_made_again_is_reset_to_the_beginning(int afterSeq)
    {
        await Alice.CreateBoardAsync("r1", "b1");
        for (var i = 1; i <= 3; i++) await Alice.DrawAsync("r1", "b1", $"old {i}");
        var old = (await Alice.BoardStateAsync("r1", "b1")).Text("epoch");
        await Alice.SucceedAsync("ROOM_BOARD_DELETED", new { type = "ROOM_BOARD_DELETE", roomId = "r1", boardId = "b1" });
        await Alice.CreateBoardAsync("r1", "b1");
        for (var i = 1; i <= 4; i++) await Alice.DrawAsync("r1", "b1", $"new {i}");
        await Alice.CompactAsync("r1", "b1", 1, "S");

        var reset = await StateAsync(new { type = "ROOM_BOARD_STATE", roomId = "r1", boardId = "b1", afterSeq, epoch = old });

        reset.GetProperty("reset").GetBoolean().Should().BeTrue();
        reset.GetProperty("snapshot").Number("seq").Should().Be(1);
        reset.Seqs("updates").Should().Equal(2, 3, 4);
        var present = await StateAsync(new { type = "ROOM_BOARD_STATE", roomId = "r1", boardId = "b1", afterSeq = 2, epoch = reset.Text("epoch") });
        present.TryGetProperty("reset", out _).Should().BeFalse();
        present.IsNull("snapshot").Should().BeTrue();
        present.Seqs("updates").Should().Equal(3, 4);
    }

    [Test]
    public async Task A_place_beyond_the_last_update_is_reset_without_an_epoch_too()
    {
        await Alice.CreateBoardAsync("r1", "b1");
        await Alice.DrawAsync("r1", "b1", "x");

        var reset = await Carol.BoardStateAsync("r1", "b1", 2);
        (reset.GetProperty("reset").GetBoolean(), reset.Seqs("updates").Single()).Should().Be((true, 1));
        (await Carol.BoardStateAsync("r1", "b1", 1)).TryGetProperty("reset", out _).Should().BeFalse();
    }

    [Test]
    public async Task The_list_comes_in_pages_oldest_first_each_board_once()
    {
        for (var i = 1; i <= 5; i++) await Alice.CreateBoardAsync("r1", $"b{6 - i}");

        var (ids, cursor, pages) = (new List<string?>(), (string?)null, 0);
        do
        {
            var page = await Carol.SucceedAsync("ROOM_BOARD_LIST_RESPONSE", new { type = "ROOM_BOARD_LIST", roomId = "r1", limit = 2, cursor });
            ids.AddRange(page.GetProperty("boards").EnumerateArray().Select(board => board.Text("boardId")));
            cursor = page.TryGetProperty("nextCursor", out var next) ? next.GetString() : null;
            pages++;
        }
        while (cursor is not null);

        pages.Should().Be(3);
        ids.Should().OnlyHaveUniqueItems().And.BeEquivalentTo(["b1", "b2", "b3", "b4", "b5"]);
        var whole = await Carol.SucceedAsync("ROOM_BOARD_LIST_RESPONSE", new { type = "ROOM_BOARD_LIST", roomId = "r1" });
        whole.GetProperty("boards").EnumerateArray().Select(board => board.Text("boardId")).Should().Equal(ids);
        whole.TryGetProperty("nextCursor", out _).Should().BeFalse();
    }

    [Test]
    public async Task A_page_has_100_boards_where_none_is_asked_for_and_500_at_most()
    {
        await LimitAsync(limits => limits.BoardsPerRoom = 0);
        await ConnectAllAsync();
        for (var i = 0; i < 101; i++) await Alice.CreateBoardAsync("r1", $"b{i}");

        (await Count(null)).Should().Be(100);
        (await Count(500)).Should().Be(101);
        foreach (var (fields, field) in new (object, string)[]
        {
            (new { type = "ROOM_BOARD_LIST", roomId = "r1", limit = 501 }, "limit"),
            (new { type = "ROOM_BOARD_LIST", roomId = "r1", limit = 0 }, "limit"),
            (new { type = "ROOM_BOARD_LIST", roomId = "r1", cursor = "b1" }, "cursor"),
            (new { type = "ROOM_BOARD_LIST", roomId = "r1", cursor = "" }, "cursor"),
        })
        {
            (await Alice.BeRefusedAsync("VALIDATION_ERROR", fields)).Message().Should().Contain(field);
        }

        async Task<int> Count(int? limit) =>
            (await Alice.SucceedAsync("ROOM_BOARD_LIST_RESPONSE", new { type = "ROOM_BOARD_LIST", roomId = "r1", limit })).GetProperty("boards").GetArrayLength();
    }

    private Task<JsonElement> StateAsync(object request) => Carol.SucceedAsync("ROOM_BOARD_STATE_RESPONSE", request);
}
