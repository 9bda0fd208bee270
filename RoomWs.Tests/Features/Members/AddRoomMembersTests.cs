using FluentAssertions;
using NUnit.Framework;
using RoomWs.Tests.Support;

namespace RoomWs.Tests.Features.Members;

[CommandSample("""{"type":"ROOM_ADD_MEMBERS","roomId":"$room","userIds":["carol"]}""")]
internal sealed class AddRoomMembersTests : EndToEndTest
{
    [Test]
    public async Task Members_old_and_new_get_the_snapshot_and_the_requester_gets_it_once()
    {
        var alice = await ConnectAsync("alice");
        var aliceElsewhere = await ConnectAsync("alice");
        var bob = await ConnectAsync("bob");
        var carol = await ConnectAsync("carol");
        var outsider = await ConnectAsync("mallory");
        await alice.CreateRoomAsync("r1", members: ["bob"]);
        await aliceElsewhere.ExpectAsync("ROOM_MEMBERS_UPDATED");
        await bob.ExpectAsync("ROOM_MEMBERS_UPDATED");

        var reply = await alice.SucceedAsync("ROOM_MEMBERS_UPDATED", Add("carol", "bob", "carol", "dave"));

        reply.Roster().Should().Be("alice=OWNER bob=MEMBER carol=MEMBER dave=MEMBER");
        reply.Version().Should().Be(2);
        reply.Text("name").Should().Be("r1");
        foreach (var told in new[] { aliceElsewhere, bob, carol })
        {
            (await told.ExpectAsync("ROOM_MEMBERS_UPDATED")).Body().Should().Be(reply.Body());
        }

        await RoomSteps.ExpectNothingAsync(alice, aliceElsewhere, bob, carol, outsider);
    }

    [Test]
    public async Task Where_all_are_members_already_the_snapshot_comes_back_and_nothing_else_happens()
    {
        var alice = await ConnectAsync("alice");
        var bob = await ConnectAsync("bob");
        await alice.CreateRoomAsync("r1", members: ["bob"]);
        await bob.ExpectAsync("ROOM_MEMBERS_UPDATED");

        var reply = await alice.SucceedAsync("ROOM_MEMBERS_UPDATED", Add("bob", "alice"));

        reply.Version().Should().Be(1);
        reply.Roster().Should().Be("alice=OWNER bob=MEMBER");
        await RoomSteps.ExpectNothingAsync(alice, bob);
    }

    [Test]
    public async Task An_admin_added_again_stays_an_admin()
    {
        var alice = await ConnectAsync("alice");
        await alice.CreateRoomAsync("r1", admins: ["bob"]);

        (await alice.SucceedAsync("ROOM_MEMBERS_UPDATED", Add("bob", "carol"))).Roster().Should().Be("alice=OWNER bob=ADMIN carol=MEMBER");
    }

    [Test]
    public async Task Over_the_member_limit_none_is_added_and_nobody_is_told()
    {
        await LimitAsync(limits => limits.MembersPerRoom = 3);
        var alice = await ConnectAsync("alice");
        var bob = await ConnectAsync("bob");
        await alice.CreateRoomAsync("r1");

        await alice.BeRefusedAsync("JOIN_FAILED", Add("bob", "carol", "dave"));

        await RoomSteps.ExpectNothingAsync(alice, bob);
        (await alice.RoomAsync("r1")).Roster().Should().Be("alice=OWNER");
        (await alice.SucceedAsync("ROOM_MEMBERS_UPDATED", Add("bob", "carol", "alice", "bob"))).Version().Should().Be(2);
        (await alice.SucceedAsync("ROOM_MEMBERS_UPDATED", Add("bob"))).Version().Should().Be(2);
    }

    [Test]
    public async Task One_user_who_was_added_too_often_keeps_all_from_being_added()
    {
        await LimitAsync(limits => limits.AddedRoomsPerUser = 1);
        var alice = await ConnectAsync("alice");
        var bob = await ConnectAsync("bob");
        await alice.CreateRoomAsync("r1");
        await alice.CreateRoomAsync("r2", members: ["bob"]);
        await bob.ExpectAsync("ROOM_MEMBERS_UPDATED");

        (await alice.BeRefusedAsync("JOIN_FAILED", Add("carol", "bob"))).Message().Should().Contain("bob");

        await RoomSteps.ExpectNothingAsync(alice, bob);
        (await alice.RoomAsync("r1")).Roster().Should().Be("alice=OWNER");
    }

    [Test]
    public async Task A_request_may_name_as_many_users_as_the_limit_and_not_one_more()
    {
        await LimitAsync(limits => limits.UserIdsPerRequest = 3);
        var alice = await ConnectAsync("alice");
        await alice.CreateRoomAsync("r1");

        (await alice.BeRefusedAsync("VALIDATION_ERROR", Add("a", "b", "c", "c"))).Message().Should().Contain("userIds");
        (await alice.BeRefusedAsync("VALIDATION_ERROR", new { type = "ROOM_CREATE", memberIds = new[] { "a", "b", "c", "d" } })).Message().Should().Contain("memberIds");
        await alice.SucceedAsync("ROOM_MEMBERS_UPDATED", Add("a", "b", "c"));
    }

    [TestCase("[]", "userIds")]
    [TestCase("null", "userIds")]
    [TestCase("\"bob\"", "userIds")]
    [TestCase("[\"\"]", "userIds[0]")]
    [TestCase("[\"bob\",\"a\\u0000b\"]", "userIds[1]")]
    [TestCase("[\"bob\",null]", "userIds")]
    [TestCase("[\"bob\",7]", "userIds")]
    public async Task User_ids_that_do_not_fit_are_refused_by_name_and_none_is_added(string userIds, string field)
    {
        var alice = await ConnectAsync("alice");
        await alice.CreateRoomAsync("r1");

        await alice.SendAsync($$"""{"type":"ROOM_ADD_MEMBERS","correlationId":"c1","roomId":"r1","userIds":{{userIds}}}""");

        var error = await alice.ReplyAsync("c1");
        error.Code().Should().Be("VALIDATION_ERROR");
        error.Message().Should().Contain(field);
        (await alice.RoomAsync("r1")).Version().Should().Be(1);
    }

    [Test]
    public async Task A_user_id_has_128_characters_at_most_of_any_script()
    {
        var alice = await ConnectAsync("alice");
        await alice.CreateRoomAsync("r1");

        await alice.BeRefusedAsync("VALIDATION_ERROR", Add(new string('x', 129)));
        (await alice.SucceedAsync("ROOM_MEMBERS_UPDATED", Add(new string('x', 128), "Zoë|auth0 \"<é>"))).Texts("members").Should().HaveCount(3);
    }

    [Test]
    public async Task Stale_version_is_refused_and_nobody_is_notified()
    {
        var alice = await ConnectAsync("alice");
        var bob = await ConnectAsync("bob");
        await alice.CreateRoomAsync("r1");

        (await alice.BeRefusedAsync("CONFLICT", new { type = "ROOM_ADD_MEMBERS", roomId = "r1", userIds = new[] { "bob" }, ifVersion = 2 })).Version().Should().Be(1);

        await RoomSteps.ExpectNothingAsync(alice, bob);
        await alice.SucceedAsync("ROOM_MEMBERS_UPDATED", new { type = "ROOM_ADD_MEMBERS", roomId = "r1", userIds = new[] { "bob" }, ifVersion = 1 });
    }

    private static object Add(params string[] userIds) => new { type = "ROOM_ADD_MEMBERS", roomId = "r1", userIds };
}
