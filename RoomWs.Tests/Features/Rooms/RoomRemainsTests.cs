using System.Text.Json;
using FluentAssertions;
using NUnit.Framework;
using RoomWs.Tests.Support;

namespace RoomWs.Tests.Features.Rooms;

/// <summary>What belonged to a room that is gone goes in the background, and nobody meets it meanwhile.</summary>
internal sealed class RoomRemainsTests : EndToEndTest
{
    private const int Messages = 3_000;

    /// <summary>Each with some rows of a room that is gone.</summary>
    private static readonly string[] Tables = ["members", "messages", "boards", "board_updates", "invites", "join_requests", "join_denials"];

    private readonly ManualTimeProvider _time = new();

    protected override TimeProvider Time => _time;

    [Test]
    public async Task All_of_it_goes_however_the_room_ended([Values] bool byItsLastMember)
    {
        var alice = await ConnectAsync("alice");
        await FillAsync(alice, "r1", hasOthers: !byItsLastMember);
        await FillAsync(alice, "kept", hasOthers: true);
        var (gone, other) = (NumberOf("r1"), NumberOf("kept"));
        var kept = Tables.Select(table => Of(table, $"= {other}")).ToList();
        kept.Should().OnlyContain(count => count > 0);
        await Server.RestartAsync(_ => Say());
        alice = await ConnectAsync("alice");

        await EndAsync(alice, byItsLastMember);

        await UntilAsync(() => Tables.All(table => Of(table, $"= {gone}") == 0), "the room's rows are gone");
        Tables.Select(table => Of(table, $"= {other}")).Should().Equal(kept, "the other room has all of its own");
        Tables.Should().OnlyContain(table => Of(table, $"<> {other}") == 0);
        await UntilAsync(() => Rows("SELECT COUNT(*) FROM remains") == 0, "nothing is left to do");
        (await alice.RoomAsync("kept")).Version().Should().BeGreaterThan(0);
    }

    [Test]
    [FileOnly("No other database is made smaller by the server.")]
    public async Task Its_pages_go_with_it()
    {
        var alice = await ConnectAsync("alice");
        await FillAsync(alice, "r1", hasOthers: true);
        var pages = Pages();
        await Server.RestartAsync(_ => Say());
        Pages().Should().BeGreaterThan(pages + 1_000);
        alice = await ConnectAsync("alice");

        await EndAsync(alice, byItsLastMember: false);

        await UntilAsync(() => Pages() < pages + 300 && Rows("SELECT COUNT(*) FROM remains") == 0, "the pages are given back");
    }

    [Test]
    public async Task A_room_made_again_under_its_id_meets_none_of_it()
    {
        var (alice, bob) = (await ConnectAsync("alice"), await ConnectAsync("bob"));
        await FillAsync(alice, "r1", hasOthers: true);
        var invite = await alice.CodeAsync("r1", 600);
        await EndAsync(alice, byItsLastMember: false);
        await alice.CreateRoomAsync("r1", "APPROVAL");

        (await alice.RequestAsync(new { type = "ROOM_HISTORY", roomId = "r1" })).GetProperty("messages").GetArrayLength().Should().Be(0);
        (await alice.RequestAsync(new { type = "ROOM_BOARD_LIST", roomId = "r1" })).GetProperty("boards").GetArrayLength().Should().Be(0);
        (await alice.RequestAsync(new { type = "ROOM_JOIN_REQUESTS", roomId = "r1" })).GetProperty("requests").GetArrayLength().Should().Be(0);
        (await alice.InvitesAsync("r1")).Should().BeEmpty();
        (await alice.RoomAsync("r1")).Texts("members").Should().Equal("alice");
        (await bob.RequestAsync(new { type = "ROOM_LIST" })).GetProperty("rooms").GetArrayLength().Should().Be(0);
        await bob.BeToldAsync("NOT_FOUND", "Invitation not found", new { type = "ROOM_INVITE_ACCEPT", code = invite });
        (await alice.SucceedAsync("ROOM_MESSAGE_RESPONSE", new { type = "ROOM_MESSAGE", roomId = "r1", content = "again", clientMessageId = "c1" })).Number("seq").Should().Be(1);
        await alice.SucceedAsync("ROOM_BOARD_CREATED", new { type = "ROOM_BOARD_CREATE", roomId = "r1", boardId = "b1" });
    }

    [Test]
    public async Task A_place_in_a_room_that_is_gone_counts_for_nobody()
    {
        await Server.RestartAsync(options => (options.Limits.RoomsPerUser, options.Limits.AddedRoomsPerUser) = (1, 1));
        var (alice, bob) = (await ConnectAsync("alice"), await ConnectAsync("bob"));
        for (var round = 0; round < 5; round++)
        {
            await alice.CreateRoomAsync("r1", members: ["bob"]);
            await alice.BeRefusedAsync("CREATE_FAILED", new { type = "ROOM_CREATE", roomId = "r2" });
            await bob.SucceedAsync("ROOM_CREATED", new { type = "ROOM_CREATE", roomId = "bobs" });
            await bob.SucceedAsync("ROOM_DELETED", new { type = "ROOM_DELETE", roomId = "bobs" });
            await alice.SucceedAsync("ROOM_DELETED", new { type = "ROOM_DELETE", roomId = "r1" });
        }
    }

    [OneNode]
    [Test]
    public async Task Of_many_small_rooms_a_step_deletes_several()
    {
        var alice = await ConnectAsync("alice");
        for (var i = 0; i < 30; i++)
        {
            await alice.CreateRoomAsync("r1");
            await EndAsync(alice, byItsLastMember: false);
        }

        using var steps = new MetricsRecorder(Server);
        await UntilAsync(() => Rows("SELECT COUNT(*) FROM remains") == 0, "all is gone");
        steps.Of("roomws.commit.changes").Count.Should().BeLessThan(15);
    }

    [Test]
    public async Task What_a_stop_has_left_goes_after_the_next_start()
    {
        var alice = await ConnectAsync("alice");
        await FillAsync(alice, "r1", hasOthers: true);
        await EndAsync(alice, byItsLastMember: false);
        Rows("SELECT COUNT(*) FROM remains").Should().Be(1);
        await Server.RestartAsync();

        await UntilAsync(() => Tables.All(table => Rows($"SELECT COUNT(*) FROM {table}") == 0), "all is gone");
    }

    /// <summary>Makes a room with something of everything.</summary>
    private async Task FillAsync(TestClient alice, string roomId, bool hasOthers)
    {
        await alice.CreateRoomAsync(roomId, "APPROVAL");
        if (hasOthers) await alice.SucceedAsync("ROOM_MEMBERS_UPDATED", new { type = "ROOM_ADD_MEMBERS", roomId, userIds = new[] { "bob", "carol" } });
        await alice.SucceedAsync("ROOM_MESSAGE_RESPONSE", new { type = "ROOM_MESSAGE", roomId, content = "first", clientMessageId = "c1" });
        await alice.SucceedAsync("ROOM_BOARD_CREATED", new { type = "ROOM_BOARD_CREATE", roomId, boardId = "b1" });
        await alice.SucceedAsync("ROOM_BOARD_UPDATE_RESPONSE", new { type = "ROOM_BOARD_UPDATE", roomId, boardId = "b1", payload = "x" });
        await alice.CodeAsync(roomId, 600);
        var (dave, eve) = (await ConnectAsync("dave"), await ConnectAsync("eve"));
        await dave.AskAsync(roomId);
        await eve.AskAsync(roomId);
        await alice.SucceedAsync("ROOM_JOIN_DENIED", new { type = "ROOM_JOIN_DENY", roomId, userId = "eve" });
    }

    private void Say()
    {
        using var database = Server.Database.Open();
        database.Run($"INSERT INTO messages (room_number, seq, id, sender_id, username, content, message_type, sent_at) SELECT number, value + 1, 'm' || value, 'alice', 'alice', '{new string('x', 2_000)}', 'text', 0 FROM {SqlRows.Numbers(Messages)} AS numbers CROSS JOIN rooms WHERE id = 'r1'; UPDATE rooms SET message_seq = {Messages + 1} WHERE id = 'r1'");
    }

    private static Task<JsonElement> EndAsync(TestClient alice, bool byItsLastMember) => byItsLastMember
        ? alice.SucceedAsync("ROOM_LEAVE_RESPONSE", new { type = "ROOM_LEAVE", roomId = "r1" })
        : alice.SucceedAsync("ROOM_DELETED", new { type = "ROOM_DELETE", roomId = "r1" });

    /// <summary>How many rows a table has for rooms of such a number.</summary>
    private long Of(string table, string number) => Rows(table == "board_updates"
        ? $"SELECT COUNT(*) FROM board_updates WHERE board_number NOT IN (SELECT b.number FROM boards b WHERE NOT b.room_number {number})"
        : $"SELECT COUNT(*) FROM {table} WHERE room_number {number}");

    private long NumberOf(string roomId) => Rows($"SELECT number FROM rooms WHERE id = '{roomId}'");

    private long Pages() => Rows("PRAGMA page_count");

    private long Rows(string sql)
    {
        using var database = Server.Database.Open();
        return database.Rows(sql, row => row.GetInt64(0)).Single();
    }

    private Task UntilAsync(Func<bool> isSo, string what) => Deadline.UntilAsync(
        () =>
        {
            _time.Advance(TimeSpan.FromSeconds(1));
            return isSo();
        },
        what);
}
