using FluentAssertions;
using NUnit.Framework;
using RoomWs.Tests.Support;

namespace RoomWs.Tests.Dispatch;

internal sealed class IdempotencyTests : EndToEndTest
{
    private readonly ManualTimeProvider _time = new();

    private static readonly object Rename = new { type = "ROOM_UPDATE_META", roomId = "r1", patch = new { name = "Lounge" }, idempotencyKey = "k1" };

    protected override TimeProvider Time => _time;

    [Test]
    public async Task A_retry_on_the_same_connection_gets_the_first_reply_and_nothing_happens_twice()
    {
        var alice = await ConnectAsync("alice");
        var bob = await ConnectAsync("bob");
        await alice.CreateRoomAsync("r1", members: ["bob"]);
        await bob.ExpectAsync("ROOM_MEMBERS_UPDATED");

        var first = await alice.SucceedAsync("ROOM_UPDATED", Rename);
        await bob.ExpectAsync("ROOM_UPDATED");
        _time.Advance(TimeSpan.FromMinutes(1));
        var again = await alice.SucceedAsync("ROOM_UPDATED", Rename);

        again.Body().Should().Be(first.Body());
        again.Text("correlationId").Should().NotBe(first.Text("correlationId"));
        await RoomSteps.ExpectNothingAsync(alice, bob);
        (await alice.RoomAsync("r1")).Version().Should().Be(2);
    }

    [Test]
    public async Task A_retry_gets_the_first_reply_on_a_new_connection_and_after_a_restart()
    {
        var alice = await ConnectAsync("alice");
        var create = new { type = "ROOM_CREATE", name = "Lobby", memberIds = new[] { "bob" }, idempotencyKey = "k1" };
        var first = await alice.SucceedAsync("ROOM_CREATED", create);

        (await (await ConnectAsync("alice")).SucceedAsync("ROOM_CREATED", create)).Body().Should().Be(first.Body());
        await Server.RestartAsync();
        alice = await ConnectAsync("alice");
        (await alice.SucceedAsync("ROOM_CREATED", create)).Body().Should().Be(first.Body());

        (await alice.SucceedAsync("ROOM_LIST_RESPONSE", new { type = "ROOM_LIST" })).Number("count").Should().Be(1);
    }

    [Test]
    public async Task A_retry_gets_the_first_reply_even_when_the_room_has_moved_on()
    {
        var alice = await ConnectAsync("alice");
        await alice.CreateRoomAsync("r1");
        var leave = new { type = "ROOM_LEAVE", roomId = "r1", idempotencyKey = "k2" };
        var renamed = await alice.SucceedAsync("ROOM_UPDATED", Rename);
        var left = await alice.SucceedAsync("ROOM_LEAVE_RESPONSE", leave);
        await alice.CreateRoomAsync("r1");

        (await alice.SucceedAsync("ROOM_UPDATED", Rename)).Body().Should().Be(renamed.Body());
        (await alice.SucceedAsync("ROOM_LEAVE_RESPONSE", leave)).Body().Should().Be(left.Body());

        (await alice.RoomAsync("r1")).Version().Should().Be(1);
    }

    [Test]
    public async Task Another_request_under_a_used_key_is_a_conflict_and_is_not_done()
    {
        var alice = await ConnectAsync("alice");
        await alice.CreateRoomAsync("r1");
        await alice.SucceedAsync("ROOM_UPDATED", Rename);

        await alice.BeRefusedAsync("CONFLICT", new { type = "ROOM_UPDATE_META", roomId = "r1", patch = new { name = "Other" }, idempotencyKey = "k1" });
        await alice.BeRefusedAsync("CONFLICT", new { type = "ROOM_UPDATE_META", roomId = "r1", patch = new { name = "Lounge" }, ifVersion = 2, idempotencyKey = "k1" });
        await alice.BeRefusedAsync("CONFLICT", new { type = "ROOM_DELETE", roomId = "r1", idempotencyKey = "k1" });

        (await alice.RoomAsync("r1")).Version().Should().Be(2);
    }

    [Test]
    public async Task Null_and_absent_are_not_the_same_request()
    {
        var alice = await ConnectAsync("alice");
        await alice.SucceedAsync("ROOM_CREATED", new { type = "ROOM_CREATE", roomId = "r1", slug = "lobby" });
        await alice.SucceedAsync("ROOM_UPDATED", Rename);

        await alice.BeRefusedAsync("CONFLICT", new { type = "ROOM_UPDATE_META", roomId = "r1", patch = new { name = "Lounge", slug = (string?)null }, idempotencyKey = "k1" });
    }

    [Test]
    public async Task Order_and_spacing_of_fields_do_not_make_another_request()
    {
        var alice = await ConnectAsync("alice");
        await alice.CreateRoomAsync("r1");
        var first = await alice.SucceedAsync("ROOM_UPDATED", Rename);

        await alice.SendAsync("""{ "idempotencyKey": "k1", "patch": { "name": "Loun\u0067e" }, "correlationId": "c9", "extra": 1, "roomId": "r1", "type": "ROOM_UPDATE_META" }""");

        (await alice.ReplyAsync("c9")).Body().Should().Be(first.Body());
    }

    [Test]
    public async Task A_refused_request_may_be_retried_under_its_key()
    {
        var alice = await ConnectAsync("alice");

        await alice.BeRefusedAsync("NOT_FOUND", Rename);
        await alice.CreateRoomAsync("r1");

        (await alice.SucceedAsync("ROOM_UPDATED", Rename)).Version().Should().Be(2);
    }

    [Test]
    public async Task Two_at_once_under_one_key_happen_once()
    {
        var alice = await ConnectAsync("alice");
        await alice.CreateRoomAsync("r1");
        var clients = await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => ConnectAsync("alice")));

        var replies = await Task.WhenAll(clients.Select(client => client.RequestAsync(Rename)));

        replies.Select(reply => reply.Body()).Distinct(StringComparer.Ordinal).Should().ContainSingle();
        (await alice.RoomAsync("r1")).Version().Should().Be(2);
    }

    [Test]
    public async Task Keys_are_each_users_own()
    {
        var alice = await ConnectAsync("alice");
        var bob = await ConnectAsync("bob");
        await alice.CreateRoomAsync("r1", admins: ["bob"]);
        await alice.SucceedAsync("ROOM_UPDATED", Rename);

        (await bob.SucceedAsync("ROOM_UPDATED", Rename)).Version().Should().Be(4);
    }

    [Test]
    public async Task A_key_is_free_again_after_24_hours_and_not_a_moment_before()
    {
        var alice = await ConnectAsync("alice");
        await alice.CreateRoomAsync("r1");
        await alice.SucceedAsync("ROOM_UPDATED", Rename);

        _time.UtcNow += TimeSpan.FromHours(24) - TimeSpan.FromMilliseconds(1);
        (await alice.SucceedAsync("ROOM_UPDATED", Rename)).Version().Should().Be(2);
        _time.UtcNow += TimeSpan.FromMilliseconds(1);
        (await alice.SucceedAsync("ROOM_UPDATED", Rename)).Version().Should().Be(3);

        // The second doing has a day of its own.
        _time.UtcNow += TimeSpan.FromHours(23);
        (await alice.SucceedAsync("ROOM_UPDATED", Rename)).Version().Should().Be(3);
    }

    [TestCase("\"\"")]
    [TestCase("7")]
    [TestCase("null")]
    [TestCase("{}")]
    [TestCase("long")]
    public async Task A_key_that_does_not_fit_is_refused_by_name(string key)
    {
        var alice = await ConnectAsync("alice");
        if (key == "long") key = '"' + new string('x', 129) + '"';

        foreach (var fields in new[] { $"\"correlationId\":\"c1\",\"idempotencyKey\":{key}", $"\"idempotencyKey\":{key},\"correlationId\":\"c1\"" })
        {
            await alice.SendAsync($$"""{"type":"ROOM_CREATE","roomId":"r1",{{fields}}}""");
            var error = await alice.ReplyAsync("c1");
            error.Code().Should().Be("VALIDATION_ERROR");
            error.Message().Should().Contain("idempotencyKey");
        }

        await alice.CreateRoomAsync("r1");
    }
}
