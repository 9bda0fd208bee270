using FluentAssertions;
using NUnit.Framework;
using RoomWs.Tests.Support;

namespace RoomWs.Tests.Features.Boards;

[CommandSample("""{"type":"ROOM_BOARD_UPDATE","roomId":"$room","boardId":"$board","payload":"line"}""")]
internal sealed class UpdateBoardTests : BoardTest
{
    [SetUp]
    public async Task CreateBoardAsync()
    {
        await Alice.CreateBoardAsync("r1", "b1");
        foreach (var client in new[] { Bob, Carol }) await client.ExpectAsync("ROOM_BOARD_CREATED");
    }

    [Test]
    public async Task An_update_reaches_the_other_entered_sockets_and_nobody_else()
    {
        var aliceElsewhere = await ConnectAsync("alice");
        var bobElsewhere = await ConnectAsync("bob");
        foreach (var client in new[] { Alice, aliceElsewhere, Bob }) await client.EnterAsync("r1");

        var reply = await Alice.DrawAsync("r1", "b1", "{\"op\":\"line\"} 🖍 \u0001");

        reply.Body().Should().Be("type:\"ROOM_BOARD_UPDATE_RESPONSE\",roomId:\"r1\",boardId:\"b1\",seq:1");
        foreach (var client in new[] { aliceElsewhere, Bob })
        {
            var update = await client.ExpectAsync("ROOM_BOARD_UPDATED");
            update.EnumerateObject().Select(field => $"{field.Name}={field.Value}").Should().BeEquivalentTo(
                "type=ROOM_BOARD_UPDATED", "roomId=r1", "boardId=b1", "seq=1", "userId=alice", "payload={\"op\":\"line\"} 🖍 \u0001");
        }

        await ExpectNothingAsync();
        await RoomSteps.ExpectNothingAsync(aliceElsewhere, bobElsewhere);
    }

    [Test]
    public async Task Who_has_not_entered_may_draw_and_each_board_counts_its_own_updates()
    {
        await Alice.CreateBoardAsync("r1", "b2");
        for (var seq = 1; seq <= 3; seq++)
        {
            (await Carol.DrawAsync("r1", "b1", "x")).Number("seq").Should().Be(seq);
            (await Bob.DrawAsync("r1", "b2", "x")).Number("seq").Should().Be(seq);
        }

        (await Alice.RoomAsync("r1")).Version().Should().Be(2, "an update is no change of the room");
    }

    [TestCase(1, true)]
    [TestCase(32_768, true)]
    [TestCase(0, false)]
    [TestCase(32_769, false)]
    public async Task A_payload_has_up_to_32768_characters(int length, bool isAccepted)
    {
        object update = new { type = "ROOM_BOARD_UPDATE", roomId = "r1", boardId = "b1", payload = new string('p', length) };

        if (isAccepted)
        {
            await Alice.SucceedAsync("ROOM_BOARD_UPDATE_RESPONSE", update);
            (await Alice.BoardStateAsync("r1", "b1")).GetProperty("updates")[0].Text("payload").Should().HaveLength(length);
        }
        else
        {
            (await Alice.BeRefusedAsync("VALIDATION_ERROR", update)).Message().Should().Contain("payload");
        }
    }

    [Test]
    public async Task A_refused_update_takes_no_number_and_nobody_is_told()
    {
        foreach (var client in new[] { Alice, Bob, Carol }) await client.EnterAsync("r1");
        await Alice.CreateRoomAsync("other");
        await Alice.CreateBoardAsync("other", "theirs");

        await ExpectRoomRefusalsAsync(roomId => new { type = "ROOM_BOARD_UPDATE", roomId, boardId = "b1", payload = "x" });
        await Alice.BeRefusedAsync("NOT_FOUND", new { type = "ROOM_BOARD_UPDATE", roomId = "r1", boardId = "b2", payload = "x" });
        await Alice.BeRefusedAsync("NOT_FOUND", new { type = "ROOM_BOARD_UPDATE", roomId = "r1", boardId = "theirs", payload = "x" });
        await Alice.BeRefusedAsync("VALIDATION_ERROR", new { type = "ROOM_BOARD_UPDATE", roomId = "r1", boardId = "a b", payload = "x" });
        foreach (var wrong in new object?[] { null, 7, new { a = 1 } })
        {
            (await Alice.BeRefusedAsync("VALIDATION_ERROR", new { type = "ROOM_BOARD_UPDATE", roomId = "r1", boardId = "b1", payload = wrong })).Message().Should().Contain("payload");
        }

        await ExpectNothingAsync();
        (await Alice.DrawAsync("r1", "b1", "x")).Number("seq").Should().Be(1);
    }

    [Test]
    public async Task Whoever_leaves_neither_draws_nor_sees_more_of_it()
    {
        await Carol.EnterAsync("r1");
        await Carol.SucceedAsync("ROOM_LEAVE_RESPONSE", new { type = "ROOM_LEAVE", roomId = "r1" });

        await Alice.DrawAsync("r1", "b1", "x");

        await Carol.ExpectNothingAsync();
        await Carol.BeRefusedAsync("FORBIDDEN", new { type = "ROOM_BOARD_UPDATE", roomId = "r1", boardId = "b1", payload = "x" });
        await Carol.BeRefusedAsync("FORBIDDEN", new { type = "ROOM_BOARD_STATE", roomId = "r1", boardId = "b1" });
    }
}
