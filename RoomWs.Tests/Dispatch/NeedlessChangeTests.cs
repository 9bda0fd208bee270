using System.Text.Json.Nodes;
using FluentAssertions;
using NUnit.Framework;
using RoomWs.Tests.Support;

namespace RoomWs.Tests.Dispatch;

/// <summary>A change that asks for what is so already does not wait for the writer, and does not keep it from others.</summary>
[OneNode]
internal sealed class NeedlessChangeTests : EndToEndTest
{
    [TestCase("ROOM_MEMBERS_UPDATED", """{"type":"ROOM_ADD_MEMBERS","roomId":"r1","userIds":["bob"]}""")]
    [TestCase("ROOM_MEMBERS_UPDATED", """{"type":"ROOM_ADD_MEMBERS","roomId":"r1","userIds":["bob","alice","bob"],"ifVersion":1}""")]
    [TestCase("ROOM_MEMBERS_UPDATED", """{"type":"ROOM_SET_ROLE","roomId":"r1","userId":"bob","role":"MEMBER"}""")]
    [TestCase("ROOM_JOIN_RESPONSE", """{"type":"ROOM_JOIN","roomId":"r1"}""")]
    [TestCase("ROOM_JOIN_RESPONSE", """{"type":"ROOM_JOIN","slug":"lobby","code":"none"}""")]
    public async Task It_is_answered_while_the_writer_is_held_up(string replyType, string request)
    {
        var alice = await LobbyAsync();
        var hold = await WriterHold.StartAsync(Server);

        var reply = await alice.SucceedAsync(replyType, JsonNode.Parse(request)!);

        hold.Release();
        (replyType == "ROOM_JOIN_RESPONSE" ? reply.Room() : reply).Version().Should().Be(1);
        (await alice.RoomAsync("r1")).Roster().Should().Be("alice=OWNER bob=MEMBER");
        await alice.ExpectNothingAsync();
    }

    [Test]
    public async Task With_a_key_its_first_reply_is_kept_so_that_a_retry_does_not_do_it_after_all()
    {
        var alice = await LobbyAsync();
        var add = new { type = "ROOM_ADD_MEMBERS", roomId = "r1", userIds = new[] { "bob" }, idempotencyKey = "k" };
        (await alice.SucceedAsync("ROOM_MEMBERS_UPDATED", add)).Version().Should().Be(1);
        await alice.SucceedAsync("ROOM_MEMBERS_UPDATED", new { type = "ROOM_REMOVE_MEMBER", roomId = "r1", userId = "bob" });

        (await alice.SucceedAsync("ROOM_MEMBERS_UPDATED", add)).Roster().Should().Be("alice=OWNER");
    }

    [Test]
    public async Task A_key_of_another_request_is_refused_although_there_is_nothing_to_do()
    {
        var alice = await LobbyAsync();
        await alice.SucceedAsync("ROOM_MEMBERS_UPDATED", new { type = "ROOM_ADD_MEMBERS", roomId = "r1", userIds = new[] { "carol" }, idempotencyKey = "k" });

        await alice.BeRefusedAsync("CONFLICT", new { type = "ROOM_JOIN", roomId = "r1", idempotencyKey = "k" });
    }

    [Test]
    public async Task Behind_a_change_of_the_same_client_it_is_answered_after_it_and_sees_it()
    {
        var alice = await LobbyAsync();
        var hold = await WriterHold.StartAsync(Server, alice);

        await hold.AskAsync(alice, new { type = "ROOM_REMOVE_MEMBER", roomId = "r1", userId = "bob", correlationId = "first" });
        await hold.AskAsync(alice, new { type = "ROOM_ADD_MEMBERS", roomId = "r1", userIds = new[] { "bob" }, correlationId = "second" });
        hold.Release();

        (await alice.ReplyAsync("first")).Roster().Should().Be("alice=OWNER");
        var second = await alice.ReplyAsync("second");
        second.Roster().Should().Be("alice=OWNER bob=MEMBER");
        second.Version().Should().Be(3);
    }

    [Test]
    public async Task Another_version_than_the_one_it_names_is_refused_as_ever()
    {
        var alice = await LobbyAsync();

        await alice.BeRefusedAsync("CONFLICT", new { type = "ROOM_ADD_MEMBERS", roomId = "r1", userIds = new[] { "bob" }, ifVersion = 2 });
        await alice.BeRefusedAsync("CONFLICT", new { type = "ROOM_SET_ROLE", roomId = "r1", userId = "bob", role = "MEMBER", ifVersion = 9 });
    }

    private async Task<TestClient> LobbyAsync()
    {
        var alice = await ConnectAsync("alice");
        await alice.SucceedAsync("ROOM_CREATED", new { type = "ROOM_CREATE", roomId = "r1", slug = "lobby", memberIds = new[] { "bob" } });
        return alice;
    }
}
