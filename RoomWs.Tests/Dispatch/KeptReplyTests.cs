using System.Text.Json;
using FluentAssertions;
using NUnit.Framework;
using RoomWs.Protocol.Rooms;
using RoomWs.Server.Dispatch;
using RoomWs.Tests.Documentation;
using RoomWs.Tests.Support;

namespace RoomWs.Tests.Dispatch;

/// <summary>A kept reply holds no room: it would be a copy of the members for every request, and shown again to whoever may not see them any more.</summary>
internal sealed class KeptReplyTests : EndToEndTest
{
    private static readonly string[] Many = [.. Enumerable.Range(0, 300).Select(i => $"a-user-with-a-longer-id-{i}")];

    private readonly ManualTimeProvider _time = new();

    protected override TimeProvider Time => _time;

    [Test]
    public async Task Keyed_requests_store_little_however_many_members_their_replies_show()
    {
        var alice = await ConnectAsync("alice");
        await alice.SucceedAsync("ROOM_CREATED", new { type = "ROOM_CREATE", roomId = "r1", memberIds = Many, idempotencyKey = "c" });
        await alice.SucceedAsync("ROOM_MEMBERS_UPDATED", new { type = "ROOM_ADD_MEMBERS", roomId = "r1", userIds = new[] { "bob" }, idempotencyKey = "a" });
        await alice.SucceedAsync("ROOM_MEMBERS_UPDATED", new { type = "ROOM_ADD_MEMBERS", roomId = "r1", userIds = new[] { "bob" }, idempotencyKey = "again" });
        await alice.SucceedAsync("ROOM_MEMBERS_UPDATED", new { type = "ROOM_SET_ROLE", roomId = "r1", userId = "bob", role = "ADMIN", idempotencyKey = "s" });
        await alice.SucceedAsync("ROOM_MEMBERS_UPDATED", new { type = "ROOM_REMOVE_MEMBER", roomId = "r1", userId = Many[0], idempotencyKey = "r" });
        for (var i = 0; i < 20; i++) await (await ConnectAsync($"joiner{i}")).SucceedAsync("ROOM_JOIN_RESPONSE", new { type = "ROOM_JOIN", roomId = "r1", idempotencyKey = "j" });
        await (await ConnectAsync("joiner0")).SucceedAsync("ROOM_JOIN_RESPONSE", new { type = "ROOM_JOIN", roomId = "r1", idempotencyKey = "k" });

        using var database = Server.Database.Open();
        var kept = database.Rows("SELECT length(reply) FROM idempotency", row => row.GetInt32(0));
        kept.Should().HaveCount(26).And.OnlyContain(bytes => bytes < 100);
    }

    /// <summary>A new reply that shows a room must say how it is made anew; this fails for one that nobody has thought of.</summary>
    [Test]
    public void Each_reply_of_a_change_that_shows_a_room_can_be_made_anew()
    {
        var changes = ServerCommands.Types(command => command.IsChange);
        var showing = Contract.All.Where(contract => changes.Contains(contract.Type)).SelectMany(contract => contract.Request.Replies)
            .Where(reply => reply.GetProperties().Any(property => property.PropertyType == typeof(Room) || property.Name is "Members" or "Roles"))
            .Select(reply => Contract.Messages[reply].Type).Distinct(StringComparer.Ordinal).ToList();

        using var database = new KernelDatabase();
        var room = database.AddRoom("r", "alice");
        showing.Should().NotBeEmpty();
        foreach (var type in showing) RoomReply.Read(type, "{}"u8.ToArray()).Of(room).Type.Should().Be(type);
    }

    [Test]
    public async Task A_retry_shows_the_room_as_it_is_now_and_the_rest_as_it_was()
    {
        var (alice, bob) = (await ConnectAsync("alice"), await ConnectAsync("bob"));
        var create = new { type = "ROOM_CREATE", roomId = "r1", idempotencyKey = "c" };
        var join = new { type = "ROOM_JOIN", roomId = "r1", idempotencyKey = "j" };
        var add = new { type = "ROOM_ADD_MEMBERS", roomId = "r1", userIds = new[] { "carol" }, idempotencyKey = "a" };
        await alice.SucceedAsync("ROOM_CREATED", create);
        var joined = await bob.SucceedAsync("ROOM_JOIN_RESPONSE", join);
        await alice.SucceedAsync("ROOM_MEMBERS_UPDATED", add);
        _time.Advance(TimeSpan.FromMinutes(1));
        await alice.SetRoleAsync("r1", "bob", "ADMIN");

        var again = await bob.SucceedAsync("ROOM_JOIN_RESPONSE", join);
        again.Number("timestamp").Should().Be(joined.Number("timestamp"));
        again.GetProperty("alreadyMember").GetBoolean().Should().BeFalse("the first reply said so");
        Members(again).Should().Equal("alice", "bob", "carol");
        again.Room().Version().Should().Be(4);
        (await alice.SucceedAsync("ROOM_CREATED", create)).Room().GetRawText().Should().Be((await alice.RoomAsync("r1")).GetRawText());
        (await alice.SucceedAsync("ROOM_MEMBERS_UPDATED", add)).GetProperty("roles").GetProperty("bob").GetString().Should().Be("ADMIN");
        (await alice.RoomAsync("r1")).Version().Should().Be(4);

        var known = new { type = "ROOM_JOIN", roomId = "r1", idempotencyKey = "k" };
        await bob.SucceedAsync("ROOM_JOIN_RESPONSE", known);
        (await bob.SucceedAsync("ROOM_JOIN_RESPONSE", known)).GetProperty("alreadyMember").GetBoolean().Should().BeTrue();
    }

    [Test]
    public async Task Who_may_not_see_the_room_any_more_is_not_shown_it_again_and_nothing_happens()
    {
        var (alice, bob) = (await ConnectAsync("alice"), await ConnectAsync("bob"));
        await alice.CreateRoomAsync("r1");
        var join = new { type = "ROOM_JOIN", roomId = "r1", idempotencyKey = "j" };
        await bob.SucceedAsync("ROOM_JOIN_RESPONSE", join);
        await alice.SucceedAsync("ROOM_MEMBERS_UPDATED", new { type = "ROOM_REMOVE_MEMBER", roomId = "r1", userId = "bob" });

        (await bob.BeRefusedAsync("FORBIDDEN", join)).GetRawText().Should().NotContain("alice");
        (await alice.RoomAsync("r1")).Version().Should().Be(3);

        // As a member once more, bob sees it once more.
        await alice.SucceedAsync("ROOM_MEMBERS_UPDATED", new { type = "ROOM_ADD_MEMBERS", roomId = "r1", userIds = new[] { "bob" } });
        Members(await bob.SucceedAsync("ROOM_JOIN_RESPONSE", join)).Should().Equal("alice", "bob");
    }

    [Test]
    public async Task A_room_that_is_gone_or_another_under_its_id_is_not_shown_in_its_place()
    {
        var alice = await ConnectAsync("alice");
        var create = new { type = "ROOM_CREATE", roomId = "r1", idempotencyKey = "c" };
        var delete = new { type = "ROOM_DELETE", roomId = "r1", idempotencyKey = "d" };
        await alice.SucceedAsync("ROOM_CREATED", create);
        var deleted = await alice.SucceedAsync("ROOM_DELETED", delete);
        await alice.BeRefusedAsync("FORBIDDEN", create);

        _time.Advance(TimeSpan.FromSeconds(1));
        await alice.CreateRoomAsync("r1");
        await alice.BeRefusedAsync("FORBIDDEN", create);
        (await alice.SucceedAsync("ROOM_DELETED", delete)).Body().Should().Be(deleted.Body(), "it shows no room");
        (await alice.RoomAsync("r1")).Version().Should().Be(1);
    }

    private static string?[] Members(JsonElement reply) => [.. reply.GetProperty("members").EnumerateArray().Select(id => id.GetString())];
}
