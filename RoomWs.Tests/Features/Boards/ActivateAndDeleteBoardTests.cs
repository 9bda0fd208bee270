using FluentAssertions;
using NUnit.Framework;
using RoomWs.Tests.Support;

namespace RoomWs.Tests.Features.Boards;

[CommandSample("""{"type":"ROOM_BOARD_ACTIVATE","roomId":"$room","boardId":"$board"}""")]
[CommandSample("""{"type":"ROOM_BOARD_DELETE","roomId":"$room","boardId":"$board"}""")]
internal sealed class ActivateAndDeleteBoardTests : BoardTest
{
    [Test]
    public async Task Activation_raises_the_version_and_every_other_socket_of_every_member_is_told()
    {
        await Carol.CreateBoardAsync("r1", "b1");
        foreach (var client in new[] { Alice, Bob }) await client.ExpectAsync("ROOM_BOARD_CREATED");

        var reply = await Bob.ActivateBoardAsync("r1", "b1");

        reply.Body().Should().Be($$"""type:"ROOM_UPDATED",roomId:"r1",patch:{"activeBoardId":"b1"},version:3,updatedAt:{{reply.Number("updatedAt")}}""");
        foreach (var client in new[] { Alice, Carol }) (await client.ExpectAsync("ROOM_UPDATED")).Body().Should().Be(reply.Body());
        await ExpectNothingAsync();
        (await Carol.RoomAsync("r1")).Meta().Text("activeBoardId").Should().Be("b1");

        var none = await Alice.ActivateBoardAsync("r1", null);
        none.GetProperty("patch").GetRawText().Should().Be("""{"activeBoardId":null}""");
        none.Version().Should().Be(4);
        (await Carol.RoomAsync("r1")).Meta().IsNull("activeBoardId").Should().BeTrue();
    }

    [Test]
    public async Task The_active_board_outlives_a_restart()
    {
        await Alice.CreateBoardAsync("r1", "b1");
        await Alice.ActivateBoardAsync("r1", "b1");

        await Server.RestartAsync();
        await ConnectAllAsync();

        (await Alice.RoomAsync("r1")).Meta().Text("activeBoardId").Should().Be("b1");
    }

    [Test]
    public async Task A_stale_version_is_a_conflict_and_nobody_is_told()
    {
        await Alice.CreateBoardAsync("r1", "b1");
        foreach (var client in new[] { Bob, Carol }) await client.ExpectAsync("ROOM_BOARD_CREATED");

        var error = await Alice.BeRefusedAsync("CONFLICT", new { type = "ROOM_BOARD_ACTIVATE", roomId = "r1", boardId = "b1", ifVersion = 1 });

        error.Version().Should().Be(2);
        await ExpectNothingAsync();
        (await Alice.SucceedAsync("ROOM_UPDATED", new { type = "ROOM_BOARD_ACTIVATE", roomId = "r1", boardId = "b1", ifVersion = 2 })).Version().Should().Be(3);
    }

    [Test]
    public async Task Activation_is_refused_to_members_and_for_boards_that_are_not_there()
    {
        await Alice.CreateRoomAsync("other");
        await Alice.CreateBoardAsync("other", "theirs");
        await ExpectRoomRefusalsAsync(roomId => new { type = "ROOM_BOARD_ACTIVATE", roomId, boardId = (string?)null });

        await Carol.BeRefusedAsync("FORBIDDEN", new { type = "ROOM_BOARD_ACTIVATE", roomId = "r1", boardId = (string?)null });
        await Alice.BeRefusedAsync("NOT_FOUND", new { type = "ROOM_BOARD_ACTIVATE", roomId = "r1", boardId = "b1" });
        await Alice.BeRefusedAsync("NOT_FOUND", new { type = "ROOM_BOARD_ACTIVATE", roomId = "r1", boardId = "theirs" });
        await Alice.BeRefusedAsync("VALIDATION_ERROR", new { type = "ROOM_BOARD_ACTIVATE", roomId = "r1", boardId = "a b" });
        (await Alice.BeRefusedAsync("VALIDATION_ERROR", new { type = "ROOM_BOARD_ACTIVATE", roomId = "r1" })).Message().Should().Contain("boardId");

        await ExpectNothingAsync();
        (await Alice.RoomAsync("r1")).Version().Should().Be(2);
    }

    [Test]
    public async Task Deletion_takes_all_that_is_on_the_board_and_every_other_socket_of_every_member_is_told()
    {
        await Carol.CreateBoardAsync("r1", "b1");
        await Carol.DrawAsync("r1", "b1", "x");
        await Carol.CompactAsync("r1", "b1", 1, "x");
        await Carol.DrawAsync("r1", "b1", "y");
        foreach (var client in new[] { Alice, Bob }) await client.ExpectAsync("ROOM_BOARD_CREATED");

        var reply = await Bob.SucceedAsync("ROOM_BOARD_DELETED", new { type = "ROOM_BOARD_DELETE", roomId = "r1", boardId = "b1" });

        reply.Body().Should().Be("type:\"ROOM_BOARD_DELETED\",roomId:\"r1\",boardId:\"b1\"");
        foreach (var client in new[] { Alice, Carol }) (await client.ExpectAsync("ROOM_BOARD_DELETED")).Body().Should().Be(reply.Body());
        await ExpectNothingAsync();
        await Carol.BeRefusedAsync("NOT_FOUND", new { type = "ROOM_BOARD_STATE", roomId = "r1", boardId = "b1" });
        await Carol.BeRefusedAsync("NOT_FOUND", new { type = "ROOM_BOARD_UPDATE", roomId = "r1", boardId = "b1", payload = "z" });

        // One of the same id is another board.
        await Carol.CreateBoardAsync("r1", "b1");
        var state = await Carol.BoardStateAsync("r1", "b1");
        state.Body().Should().Be($"type:\"ROOM_BOARD_STATE_RESPONSE\",roomId:\"r1\",boardId:\"b1\",epoch:\"{state.Text("epoch")}\",snapshot:null,updates:[],hasMore:false");
        (await Carol.DrawAsync("r1", "b1", "z")).Number("seq").Should().Be(1);
    }

    [Test]
    public async Task The_active_board_cannot_be_deleted_until_another_or_none_is_active()
    {
        await Alice.CreateBoardAsync("r1", "b1");
        await Alice.CreateBoardAsync("r1", "b2");
        await Alice.ActivateBoardAsync("r1", "b1");

        await Alice.BeRefusedAsync("CONFLICT", new { type = "ROOM_BOARD_DELETE", roomId = "r1", boardId = "b1" });
        await Alice.BoardStateAsync("r1", "b1");
        await Alice.ActivateBoardAsync("r1", "b2");
        await Alice.SucceedAsync("ROOM_BOARD_DELETED", new { type = "ROOM_BOARD_DELETE", roomId = "r1", boardId = "b1" });
        await Alice.ActivateBoardAsync("r1", null);
        await Alice.SucceedAsync("ROOM_BOARD_DELETED", new { type = "ROOM_BOARD_DELETE", roomId = "r1", boardId = "b2" });
    }

    [Test]
    public async Task Deletion_is_refused_to_members_and_for_boards_that_are_not_there()
    {
        await Carol.CreateBoardAsync("r1", "b1");
        foreach (var client in new[] { Alice, Bob }) await client.ExpectAsync("ROOM_BOARD_CREATED");
        await ExpectRoomRefusalsAsync(roomId => new { type = "ROOM_BOARD_DELETE", roomId, boardId = "b1" });

        await Carol.BeRefusedAsync("FORBIDDEN", new { type = "ROOM_BOARD_DELETE", roomId = "r1", boardId = "b1" });
        await Alice.BeRefusedAsync("NOT_FOUND", new { type = "ROOM_BOARD_DELETE", roomId = "r1", boardId = "b2" });
        (await Alice.BeRefusedAsync("VALIDATION_ERROR", new { type = "ROOM_BOARD_DELETE", roomId = "r1" })).Message().Should().Contain("boardId");

        await ExpectNothingAsync();
        await Alice.BoardStateAsync("r1", "b1");
    }
}
