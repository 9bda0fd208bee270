using System.Text;
using FluentAssertions;
using NUnit.Framework;
using RoomWs.Tests.Support;

namespace RoomWs.Tests.Features.Live;

[CommandSample("""{"type":"ROOM_ENTER","roomId":"$room"}""")]
[CommandSample("""{"type":"ROOM_EXIT","roomId":"$room"}""")]
internal sealed class EnterRoomTests : LiveTest
{
    [Test]
    public async Task The_state_holds_the_room_its_members_and_the_last_50_messages()
    {
        for (var i = 1; i <= 51; i++) await Bob.SayAsync("r1", $"m{i}");
        await Alice.SetRoleAsync("r1", "bob", "ADMIN");
        await Alice.SucceedAsync("ROOM_MEMBERS_UPDATED", new { type = "ROOM_ADD_MEMBERS", roomId = "r1", userIds = new[] { "ghost" } });
        await Alice.UntilOnlineAsync("r1", "alice", "bob", "carol");

        var state = await Alice.EnterAsync("r1");

        state.EnumerateObject().Select(field => field.Name).Should().BeEquivalentTo("type", "correlationId", "roomId", "epoch", "room", "members", "cursors", "typing", "recentMessages", "board");
        state.Room().GetRawText().Should().Be((await Alice.RoomAsync("r1")).GetRawText());
        state.GetProperty("members").EnumerateArray().Select(member => member.GetRawText()).Should().Equal(
            """{"userId":"alice","username":"alice","role":"OWNER","online":true}""",
            """{"userId":"bob","username":"bob","role":"ADMIN","online":true}""",
            """{"userId":"carol","username":"carol","role":"MEMBER","online":true}""",
            """{"userId":"ghost","username":"ghost","role":"MEMBER","online":false}""");
        state.Seqs("recentMessages").Should().Equal(Enumerable.Range(2, 50).Select(seq => (long)seq));
        var history = await Alice.SucceedAsync("ROOM_HISTORY_RESPONSE", new { type = "ROOM_HISTORY", roomId = "r1" });
        state.GetProperty("recentMessages").GetRawText().Should().Be(history.GetProperty("messages").GetRawText());
        state.GetProperty("cursors").GetArrayLength().Should().Be(0);
        state.GetProperty("typing").GetArrayLength().Should().Be(0);
        state.IsNull("board").Should().BeTrue();
    }

    [Test]
    public async Task Recent_messages_are_as_many_of_the_newest_as_hold_a_bounded_number_of_bytes()
    {
        foreach (var text in new[] { new string('x', 10_000), new string('\u20ac', 10_000) })
        {
            for (var i = 0; i < 30; i++) await Bob.SayAsync("r1", text);
            var last = (await Alice.SucceedAsync("ROOM_HISTORY_RESPONSE", new { type = "ROOM_HISTORY", roomId = "r1", limit = 1 })).Seqs("messages").Single();

            var state = await Alice.EnterAsync("r1");

            var shown = state.Seqs("recentMessages");
            var bytes = Encoding.UTF8.GetByteCount(text);
            shown.Length.Should().BeInRange(262_144 / (bytes + 1_000), 262_144 / bytes);
            shown.Should().Equal(Enumerable.Range((int)last - shown.Length + 1, shown.Length).Select(seq => (long)seq));
        }
    }

    [Test]
    public async Task The_state_holds_where_the_others_are_and_who_of_them_is_typing()
    {
        await Bob.EnterAsync("r1");
        await Carol.EnterAsync("r1");
        await Bob.MoveAsync("r1", 1, 2);
        await Carol.MoveAsync("r1", 3.5, -4);
        await Bob.MoveAsync("r1", 5, 6);
        await Carol.TypeAsync("r1");

        var state = await Alice.EnterAsync("r1");

        state.Positions().Should().BeEquivalentTo("bob 5,6", "carol 3.5,-4");
        state.GetProperty("cursors")[0].Number("ts").Should().Be(Clock.UtcNow.ToUnixTimeMilliseconds());
        state.GetProperty("typing").GetRawText().Should().Be("""[{"userId":"carol","username":"carol"}]""");
    }

    [Test]
    public async Task The_state_names_the_active_board_with_its_last_number()
    {
        await Alice.CreateBoardAsync("r1", "b1");
        await Alice.CreateBoardAsync("r1", "b2");
        await Alice.ActivateBoardAsync("r1", "b1");
        (await Alice.EnterAsync("r1")).GetProperty("board").GetRawText().Should().Be("""{"boardId":"b1","seq":0}""");
        for (var i = 0; i < 3; i++) await Alice.DrawAsync("r1", "b1", "x");
        await Alice.DrawAsync("r1", "b2", "x");
        await Alice.CompactAsync("r1", "b1", 3, "xxx");

        (await Alice.EnterAsync("r1")).GetProperty("board").GetRawText().Should().Be("""{"boardId":"b1","seq":3}""");
        await Alice.ActivateBoardAsync("r1", null);
        (await Alice.EnterAsync("r1")).IsNull("board").Should().BeTrue();
    }

    [Test]
    public async Task Who_enters_twice_is_in_once_and_hears_everything_once()
    {
        await EnterAllAsync();
        await Bob.EnterAsync("r1");
        await DropAsync(Bob);

        await Alice.TypeAsync("r1");
        await Alice.MoveAsync("r1", 1, 2);
        Tick();

        await Bob.ExpectTypingAsync("r1", "alice", typing: true);
        await Bob.ExpectCursorsAsync("r1", ["alice 1,2"]);
        await Bob.ExpectNothingAsync();
        await Bob.ExitAsync("r1");
        await Alice.TypeAsync("r1", typing: false);
        await Bob.ExpectNothingAsync();
    }

    [Test]
    public async Task Entering_is_of_one_socket_and_one_room_and_leaves_chat_to_all()
    {
        await Alice.CreateRoomAsync("r2", members: ["bob"]);
        var bobElsewhere = await ConnectElsewhereAsync("bob");
        await Alice.EnterAsync("r1");
        await Alice.EnterAsync("r2");
        await Bob.EnterAsync("r1");
        await DropAsync(Bob);

        await Alice.TypeAsync("r2");
        await Alice.MoveAsync("r2", 1, 2);
        await Alice.TypeAsync("r1");
        Tick();

        await Bob.ExpectTypingAsync("r1", "alice", typing: true);
        await RoomSteps.ExpectNothingAsync(Bob, bobElsewhere, Carol);
        await bobElsewhere.BeRefusedAsync("FORBIDDEN", new { type = "ROOM_CURSOR", roomId = "r1", x = 1, y = 2 });
        await Alice.SayAsync("r2", "x");
        foreach (var client in new[] { Bob, bobElsewhere }) await client.ExpectAsync("ROOM_MESSAGE");
    }

    [Test]
    public async Task Whoever_exits_hears_no_more_of_it_and_exiting_is_done_even_where_it_was_not_in()
    {
        (await Bob.ExitAsync("r1")).Body().Should().Be("type:\"ROOM_EXITED\",roomId:\"r1\"");
        await Bob.ExitAsync("nowhere");
        await EnterAllAsync();
        await Bob.ExitAsync("r1");

        await Alice.TypeAsync("r1");
        await Alice.MoveAsync("r1", 1, 2);
        Tick();
        await Bob.ExpectNothingAsync();
        await Alice.SayAsync("r1", "x");
        await Bob.ExpectAsync("ROOM_MESSAGE");
        await Bob.BeRefusedAsync("FORBIDDEN", new { type = "ROOM_TYPING", roomId = "r1", typing = true });

        (await Bob.EnterAsync("r1")).Positions().Should().Equal("alice 1,2");
    }

    [Test]
    public async Task Refusals_say_what_is_wrong()
    {
        var mallory = await ConnectAsync("mallory");
        var stranger = await TestClient.OpenAsync(Server);

        await mallory.BeRefusedAsync("FORBIDDEN", new { type = "ROOM_ENTER", roomId = "r1" });
        await Alice.BeRefusedAsync("NOT_FOUND", new { type = "ROOM_ENTER", roomId = "r2" });
        await stranger.BeRefusedAsync("UNAUTHORIZED", new { type = "ROOM_ENTER", roomId = "r1" });
        foreach (var type in new[] { "ROOM_ENTER", "ROOM_EXIT" })
        {
            (await Alice.BeRefusedAsync("VALIDATION_ERROR", new { type })).Message().Should().Contain("roomId");
            (await Alice.BeRefusedAsync("VALIDATION_ERROR", new { type, roomId = "a b" })).Message().Should().Contain("roomId");
        }

        await Alice.EnterAsync("r1");
        await Alice.TypeAsync("r1");
        await mallory.ExpectNothingAsync();
    }

    private static async Task DropAsync(TestClient client)
    {
        await client.SettleAsync();
        while (client.Received.Count > 0) await client.NextAsync();
    }
}
