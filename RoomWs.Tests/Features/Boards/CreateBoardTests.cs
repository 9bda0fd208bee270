using FluentAssertions;
using NUnit.Framework;
using RoomWs.Tests.Support;

namespace RoomWs.Tests.Features.Boards;

[CommandSample("""{"type":"ROOM_BOARD_CREATE","roomId":"$room","boardId":"$board"}""")]
[CommandSample("""{"type":"ROOM_BOARD_LIST","roomId":"$room"}""")]
internal sealed class CreateBoardTests : BoardTest
{
    [Test]
    public async Task Any_member_makes_a_board_and_every_other_socket_of_every_member_is_told()
    {
        var carolElsewhere = await ConnectAsync("carol");

        var reply = await Carol.SucceedAsync("ROOM_BOARD_CREATED", new { type = "ROOM_BOARD_CREATE", roomId = "r1", boardId = "b1", name = "Plan é" });

        var board = reply.GetProperty("board");
        board.GetRawText().Should().Be($$"""{"boardId":"b1","epoch":"{{board.Text("epoch")}}","name":"Plan é","seq":0,"createdBy":"carol","createdAt":{{board.Number("createdAt")}}}""");
        foreach (var client in new[] { Alice, Bob, carolElsewhere }) (await client.ExpectAsync("ROOM_BOARD_CREATED")).Body().Should().Be(reply.Body());
        await ExpectNothingAsync();
        (await Alice.RoomAsync("r1")).Version().Should().Be(2, "a board is no change of the room");
    }

    [Test]
    public async Task Without_an_id_the_server_makes_one_and_without_a_name_the_id_is_the_name()
    {
        var first = (await Alice.SucceedAsync("ROOM_BOARD_CREATED", new { type = "ROOM_BOARD_CREATE", roomId = "r1" })).GetProperty("board");
        var second = (await Alice.SucceedAsync("ROOM_BOARD_CREATED", new { type = "ROOM_BOARD_CREATE", roomId = "r1", name = "n" })).GetProperty("board");

        first.Text("name").Should().Be(first.Text("boardId")).And.StartWith("board_");
        second.Text("boardId").Should().StartWith("board_").And.NotBe(first.Text("boardId"));
        second.Text("name").Should().Be("n");
    }

    [Test]
    public async Task The_list_holds_the_rooms_boards_in_order_with_their_numbers_also_after_a_restart()
    {
        await Alice.CreateRoomAsync("other");
        await Alice.CreateBoardAsync("other", "b1");
        (await Carol.SucceedAsync("ROOM_BOARD_LIST_RESPONSE", new { type = "ROOM_BOARD_LIST", roomId = "r1" })).Body().Should().Be("type:\"ROOM_BOARD_LIST_RESPONSE\",roomId:\"r1\",boards:[]");
        await Alice.CreateBoardAsync("r1", "b1");
        await Bob.CreateBoardAsync("r1", "b2");
        await Carol.DrawAsync("r1", "b2", "x");
        await Carol.DrawAsync("r1", "b2", "x");
        await Carol.CompactAsync("r1", "b2", 2, "xx");

        await Server.RestartAsync();
        await ConnectAllAsync();
        var list = await Carol.SucceedAsync("ROOM_BOARD_LIST_RESPONSE", new { type = "ROOM_BOARD_LIST", roomId = "r1" });

        list.GetProperty("boards").EnumerateArray().Select(board => $"{board.Text("boardId")} {board.Number("seq")} {board.Text("createdBy")}").Should().Equal("b1 0 alice", "b2 2 bob");
    }

    [Test]
    public async Task An_id_is_taken_once_per_room_and_free_again_when_its_board_is_deleted()
    {
        await Alice.CreateRoomAsync("r2");
        await Alice.CreateBoardAsync("r1", "b1");
        await Alice.CreateBoardAsync("r2", "b1");

        await Alice.BeRefusedAsync("CREATE_FAILED", new { type = "ROOM_BOARD_CREATE", roomId = "r1", boardId = "b1" });
        await Alice.SucceedAsync("ROOM_BOARD_DELETED", new { type = "ROOM_BOARD_DELETE", roomId = "r1", boardId = "b1" });
        await Alice.CreateBoardAsync("r1", "b1");
    }

    [Test]
    public async Task BoardsPerRoom_bounds_the_boards_of_each_room()
    {
        await LimitAsync(limits => limits.BoardsPerRoom = 2);
        await ConnectAllAsync();
        await Alice.CreateRoomAsync("r2");
        await Alice.CreateBoardAsync("r1", "b1");
        await Alice.CreateBoardAsync("r1", "b2");

        var error = await Alice.BeRefusedAsync("CREATE_FAILED", new { type = "ROOM_BOARD_CREATE", roomId = "r1", boardId = "b3" });

        error.Message().Should().Contain("BoardsPerRoom").And.Contain("2");
        await Alice.CreateBoardAsync("r2", "b1");
        await Alice.SucceedAsync("ROOM_BOARD_DELETED", new { type = "ROOM_BOARD_DELETE", roomId = "r1", boardId = "b1" });
        await Alice.CreateBoardAsync("r1", "b3");
    }

    [Test]
    public async Task Refusals_say_what_is_wrong_and_make_nothing()
    {
        await ExpectRoomRefusalsAsync(roomId => new { type = "ROOM_BOARD_CREATE", roomId });
        await ExpectRoomRefusalsAsync(roomId => new { type = "ROOM_BOARD_LIST", roomId });
        foreach (var boardId in new[] { "", "a b", new string('b', 129) })
        {
            (await Alice.BeRefusedAsync("VALIDATION_ERROR", new { type = "ROOM_BOARD_CREATE", roomId = "r1", boardId })).Message().Should().Contain("boardId");
        }

        foreach (var name in new[] { "", " ", "a\nb", new string('n', 201) })
        {
            (await Alice.BeRefusedAsync("VALIDATION_ERROR", new { type = "ROOM_BOARD_CREATE", roomId = "r1", name })).Message().Should().Contain("name");
        }

        (await Alice.BeRefusedAsync("VALIDATION_ERROR", new { type = "ROOM_BOARD_CREATE" })).Message().Should().Contain("roomId");
        await ExpectNothingAsync();
        (await Alice.SucceedAsync("ROOM_BOARD_LIST_RESPONSE", new { type = "ROOM_BOARD_LIST", roomId = "r1" })).GetProperty("boards").GetArrayLength().Should().Be(0);
    }
}
