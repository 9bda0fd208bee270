using System.Text.Json;
using FluentAssertions;
using NUnit.Framework;
using RoomWs.Tests.Support;

namespace RoomWs.Tests.Features.Rooms;

[CommandSample("""{"type":"ROOM_LIST","includeAll":true}""")]
internal sealed class ListRoomsTests : EndToEndTest
{
    [Test]
    public async Task A_row_holds_what_a_list_shows_and_the_callers_role()
    {
        var alice = await ConnectAsync("alice");
        var bob = await ConnectAsync("bob");
        await alice.SucceedAsync("ROOM_CREATED", new { type = "ROOM_CREATE", roomId = "r1", name = "Lobby", slug = "lobby", thumbnailUrl = "https://example.com/a.png", memberIds = new[] { "bob" } });
        var updated = await alice.SetRoleAsync("r1", "bob", "ADMIN");

        var reply = await bob.SucceedAsync("ROOM_LIST_RESPONSE", new { type = "ROOM_LIST" });

        reply.GetProperty("success").GetBoolean().Should().BeTrue();
        reply.Number("count").Should().Be(1);
        reply.Number("timestamp").Should().BePositive();
        reply.Has("nextCursor").Should().BeFalse();
        var epoch = (await alice.RoomAsync("r1")).Text("epoch");
        var expected = $$"""{"id":"r1","epoch":"{{epoch}}","slug":"lobby","name":"Lobby","thumbnailUrl":"https://example.com/a.png","memberCount":2,"myRole":"ADMIN","joinPolicy":"OPEN","version":2,"updatedAt":{{updated.Number("updatedAt")}}}""";
        reply.GetProperty("rooms")[0].GetRawText().Should().Be(expected);
        await alice.ExpectNothingAsync();
    }

    [Test]
    public async Task Only_ones_own_rooms_unless_all_are_asked_for_and_never_anothers_private_ones()
    {
        var alice = await ConnectAsync("alice");
        var bob = await ConnectAsync("bob");
        foreach (var joinPolicy in new[] { "OPEN", "APPROVAL", "INVITE" })
        {
            await alice.SucceedAsync("ROOM_CREATED", new { type = "ROOM_CREATE", roomId = "alices-" + joinPolicy, joinPolicy });
        }

        await bob.SucceedAsync("ROOM_CREATED", new { type = "ROOM_CREATE", roomId = "bobs", joinPolicy = "INVITE" });

        Ids(await bob.SucceedAsync("ROOM_LIST_RESPONSE", new { type = "ROOM_LIST" })).Should().Equal("bobs");
        Ids(await bob.SucceedAsync("ROOM_LIST_RESPONSE", new { type = "ROOM_LIST", includeAll = false })).Should().Equal("bobs");
        var all = await bob.SucceedAsync("ROOM_LIST_RESPONSE", new { type = "ROOM_LIST", includeAll = true });

        Ids(all).Should().Equal("alices-APPROVAL", "alices-OPEN", "bobs");
        all.GetProperty("rooms")[0].IsNull("myRole").Should().BeTrue();
        all.GetProperty("rooms")[2].Text("myRole").Should().Be("OWNER");
    }

    [TestCase(false)]
    [TestCase(true)]
    public async Task Pages_hold_every_room_once_and_the_last_has_no_cursor(bool includeAll)
    {
        var alice = await ConnectAsync("alice");
        var ids = Enumerable.Range(0, 7).Select(i => $"r{i}").ToList();
        foreach (var id in ids) await alice.CreateRoomAsync(id);

        var pages = new List<string[]>();
        string? cursor = null;
        do
        {
            var page = await alice.SucceedAsync("ROOM_LIST_RESPONSE", new { type = "ROOM_LIST", includeAll, limit = 3, cursor });
            page.Number("count").Should().Be(Ids(page).Length);
            pages.Add(Ids(page));
            cursor = page.Has("nextCursor") ? page.Text("nextCursor") : null;
        }
        while (cursor is not null);

        pages.Select(page => page.Length).Should().Equal(3, 3, 1);
        pages.SelectMany(page => page).Should().Equal(ids);
    }

    [Test]
    public async Task A_page_that_ends_with_the_last_room_is_the_last()
    {
        var alice = await ConnectAsync("alice");
        foreach (var id in new[] { "r1", "r2" }) await alice.CreateRoomAsync(id);

        (await alice.SucceedAsync("ROOM_LIST_RESPONSE", new { type = "ROOM_LIST", limit = 2 })).Has("nextCursor").Should().BeFalse();
    }

    [Test]
    public async Task A_cursor_holds_when_its_room_is_deleted_between_two_pages()
    {
        var alice = await ConnectAsync("alice");
        foreach (var id in new[] { "r1", "r2", "r3" }) await alice.CreateRoomAsync(id);
        var cursor = (await alice.SucceedAsync("ROOM_LIST_RESPONSE", new { type = "ROOM_LIST", limit = 2 })).Text("nextCursor");

        await alice.SucceedAsync("ROOM_DELETED", new { type = "ROOM_DELETE", roomId = "r2" });

        Ids(await alice.SucceedAsync("ROOM_LIST_RESPONSE", new { type = "ROOM_LIST", cursor })).Should().Equal("r3");
    }

    [Test]
    public async Task A_hundred_rooms_make_a_page_where_no_limit_is_given()
    {
        var alice = await ConnectAsync("alice");
        var requests = new List<string>();
        for (var i = 0; i < 101; i++) requests.Add(await alice.SendRequestAsync(new { type = "ROOM_CREATE" }));
        foreach (var request in requests) await alice.ReplyAsync(request);

        var page = await alice.SucceedAsync("ROOM_LIST_RESPONSE", new { type = "ROOM_LIST" });

        page.Number("count").Should().Be(100);
        var rest = await alice.SucceedAsync("ROOM_LIST_RESPONSE", new { type = "ROOM_LIST", limit = 500, cursor = page.Text("nextCursor") });
        rest.Number("count").Should().Be(1);
        rest.Has("nextCursor").Should().BeFalse();
    }

    [TestCase("""{"limit":0}""", "limit")]
    [TestCase("""{"limit":-1}""", "limit")]
    [TestCase("""{"limit":501}""", "limit")]
    [TestCase("""{"limit":1.5}""", "limit")]
    [TestCase("""{"limit":99999999999}""", "limit")]
    [TestCase("""{"limit":"10"}""", "limit")]
    [TestCase("""{"includeAll":1}""", "includeAll")]
    [TestCase("""{"includeAll":null}""", "includeAll")]
    [TestCase("""{"cursor":"!"}""", "cursor")]
    [TestCase("""{"cursor":""}""", "cursor")]
    [TestCase("""{"cursor":"JyBPUiAxPTE"}""", "cursor")]
    [TestCase("""{"cursor":7}""", "cursor")]
    public async Task A_field_that_does_not_fit_is_refused_by_name(string fields, string field)
    {
        var alice = await ConnectAsync("alice");

        await alice.SendAsync($$"""{"type":"ROOM_LIST","correlationId":"c1",{{fields[1..]}}""");

        var error = await alice.ReplyAsync("c1");
        error.Code().Should().Be("VALIDATION_ERROR");
        error.Message().Should().Contain(field);
    }

    private static string[] Ids(JsonElement reply) => [.. reply.GetProperty("rooms").EnumerateArray().Select(row => row.Text("id"))];
}
