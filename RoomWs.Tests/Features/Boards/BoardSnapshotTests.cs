using FluentAssertions;
using NUnit.Framework;
using RoomWs.Tests.Support;

namespace RoomWs.Tests.Features.Boards;

/// <summary>A snapshot stands for what others drew: who may make one of what, how to get back behind it, and when there has to be one.</summary>
internal sealed class BoardSnapshotTests : BoardTest
{
    [SetUp]
    public Task CreateBoardAsync() => Alice.CreateBoardAsync("r1", "b1");

    [Test]
    public async Task A_member_compacts_up_to_what_its_socket_was_sent_and_no_further()
    {
        for (var i = 1; i <= 3; i++) await Alice.DrawAsync("r1", "b1", "x");

        await ExpectUnseenAsync(Carol, 1);
        await Carol.BoardStateAsync("r1", "b1");
        await Alice.DrawAsync("r1", "b1", "x");
        await ExpectUnseenAsync(Carol, 4);
        await Carol.CompactAsync("r1", "b1", 2, "S");

        // Another socket of the same user was sent nothing.
        var elsewhere = await ConnectAsync("carol");
        await ExpectUnseenAsync(elsewhere, 3);
        // To say that one has it all is not to be sent it, nor is an update of one's own behind what one was not sent.
        await elsewhere.BoardStateAsync("r1", "b1", afterSeq: 4);
        await ExpectUnseenAsync(elsewhere, 4);
        await elsewhere.DrawAsync("r1", "b1", "x");
        await ExpectUnseenAsync(elsewhere, 5);
        await elsewhere.BoardStateAsync("r1", "b1");
        await elsewhere.CompactAsync("r1", "b1", 5, "T");
    }

    [Test]
    public async Task Updates_that_come_live_and_replies_to_its_own_are_sent_too()
    {
        await Carol.EnterAsync("r1");
        await Alice.DrawAsync("r1", "b1", "x");
        await Carol.SettleAsync();
        await Carol.CompactAsync("r1", "b1", 1, "S");

        await Carol.SucceedAsync("ROOM_EXITED", new { type = "ROOM_EXIT", roomId = "r1" });
        await Alice.DrawAsync("r1", "b1", "x");
        await ExpectUnseenAsync(Carol, 2);
        await Carol.BoardStateAsync("r1", "b1", afterSeq: 1);
        await Carol.DrawAsync("r1", "b1", "x");
        await Carol.CompactAsync("r1", "b1", 3, "T");
    }

    [Test]
    public async Task Of_a_board_or_a_room_that_is_made_again_nothing_was_sent()
    {
        await Carol.DrawAsync("r1", "b1", "x");
        await Alice.SucceedAsync("ROOM_BOARD_DELETED", new { type = "ROOM_BOARD_DELETE", roomId = "r1", boardId = "b1" });
        await Alice.CreateBoardAsync("r1", "b1");
        await Alice.DrawAsync("r1", "b1", "x");
        await ExpectUnseenAsync(Carol, 1);

        await Carol.BoardStateAsync("r1", "b1");
        await Alice.SucceedAsync("ROOM_DELETED", new { type = "ROOM_DELETE", roomId = "r1" });
        await Alice.CreateRoomAsync("r1", members: ["carol"]);
        await Alice.CreateBoardAsync("r1", "b1");
        await Alice.DrawAsync("r1", "b1", "x");
        await ExpectUnseenAsync(Carol, 1);
    }

    [Test]
    public async Task Owner_and_admin_compact_what_they_have_not_seen()
    {
        for (var i = 1; i <= 2; i++) await Carol.DrawAsync("r1", "b1", "x");

        await Bob.CompactAsync("r1", "b1", 1, "S");
        await (await ConnectAsync("alice")).CompactAsync("r1", "b1", 2, "T");
    }

    [Test]
    public async Task The_snapshot_before_the_last_is_shown_with_the_updates_behind_it_until_there_is_another()
    {
        for (var i = 1; i <= 4; i++) await Alice.DrawAsync("r1", "b1", $"u{i}");
        await Alice.BeRefusedAsync("NOT_FOUND", Previous());
        await Alice.CompactAsync("r1", "b1", 1, "first");
        await Alice.BeRefusedAsync("NOT_FOUND", Previous());
        await Alice.CompactAsync("r1", "b1", 3, "second");

        var previous = await Bob.SucceedAsync("ROOM_BOARD_STATE_RESPONSE", Previous());
        previous.GetProperty("snapshot").GetRawText().Should().Be("""{"seq":1,"payload":"first"}""");
        previous.GetProperty("updates").EnumerateArray().Select(update => update.Text("payload")).Should().Equal("u2", "u3", "u4");
        (await Alice.SucceedAsync("ROOM_BOARD_STATE_RESPONSE", Previous(afterSeq: 2))).Seqs("updates").Should().Equal(3, 4);
        var last = await Carol.BoardStateAsync("r1", "b1");
        (last.GetProperty("snapshot").Text("payload"), last.Seqs("updates").Single()).Should().Be(("second", 4));

        await Server.RestartAsync();
        await ConnectAllAsync();
        await Alice.CompactAsync("r1", "b1", 4, "third");
        previous = await Alice.SucceedAsync("ROOM_BOARD_STATE_RESPONSE", Previous());
        (previous.GetProperty("snapshot").Text("payload"), previous.Seqs("updates").Single()).Should().Be(("second", 4));
    }

    [Test]
    public async Task Only_owner_and_admin_look_behind_the_last_snapshot()
    {
        for (var i = 1; i <= 2; i++) await Alice.DrawAsync("r1", "b1", "x");
        for (var i = 1; i <= 2; i++) await Alice.CompactAsync("r1", "b1", i, "S");

        await Carol.BeRefusedAsync("FORBIDDEN", Previous());
        await Mallory.BeRefusedAsync("FORBIDDEN", Previous());
        await Alice.SetRoleAsync("r1", "carol", "ADMIN");
        await Carol.SucceedAsync("ROOM_BOARD_STATE_RESPONSE", Previous());
        await Alice.SetRoleAsync("r1", "carol", "MEMBER");
        await Carol.BeRefusedAsync("FORBIDDEN", Previous());
        await Alice.BeRefusedAsync("NOT_FOUND", new { type = "ROOM_BOARD_STATE", roomId = "r1", boardId = "b2", previous = true });
    }

    [TestCase("xxxx")]
    [TestCase("ää")]
    public async Task Updates_past_BoardBytes_need_a_snapshot_first(string fourBytes)
    {
        await LimitAsync(limits => limits.BoardBytes = 10);
        await ConnectAllAsync();
        await Alice.DrawAsync("r1", "b1", fourBytes);
        await Alice.DrawAsync("r1", "b1", fourBytes);

        await ExpectNeededAsync("xxx");
        (await Alice.DrawAsync("r1", "b1", "xx")).Number("seq").Should().Be(3, "a refused one takes no number, and the limit itself is not past it");
        await ExpectNeededAsync("x");
        await Alice.CompactAsync("r1", "b1", 1, "a snapshot does not count");
        await Alice.DrawAsync("r1", "b1", fourBytes);
        await ExpectNeededAsync("x");
        await Alice.CompactAsync("r1", "b1", 4, "S");

        // A first one fits always: no snapshot could make room for it.
        await Alice.DrawAsync("r1", "b1", new string('x', 11));
        await ExpectNeededAsync("x");
        await Server.RestartAsync();
        await ConnectAllAsync();
        await ExpectNeededAsync("x");
        await Alice.BeRefusedAsync("NOT_FOUND", new { type = "ROOM_BOARD_UPDATE", roomId = "r1", boardId = "b2", payload = new string('x', 11) });

        async Task ExpectNeededAsync(string payload)
        {
            var error = await Alice.BeRefusedAsync("CONFLICT", new { type = "ROOM_BOARD_UPDATE", roomId = "r1", boardId = "b1", payload });
            error.Text("reason").Should().Be("SNAPSHOT_NEEDED");
            error.Message().Should().Contain("BoardBytes").And.Contain("10");
        }
    }

    private static async Task ExpectUnseenAsync(TestClient client, long seq)
    {
        var error = await client.BeRefusedAsync("CONFLICT", new { type = "ROOM_BOARD_SNAPSHOT", roomId = "r1", boardId = "b1", seq, payload = "S" });
        error.Text("reason").Should().Be("SNAPSHOT_UNSEEN");
    }

    private static Dictionary<string, object> Previous(long? afterSeq = null)
    {
        var request = new Dictionary<string, object> { ["type"] = "ROOM_BOARD_STATE", ["roomId"] = "r1", ["boardId"] = "b1", ["previous"] = true };
        if (afterSeq is { } seq) request["afterSeq"] = seq;
        return request;
    }
}
