using FluentAssertions;
using NUnit.Framework;
using RoomWs.Tests.Support;

namespace RoomWs.Tests.Features.Messages;

[CommandSample("""{"type":"ROOM_MESSAGE","roomId":"$room","content":"Hello"}""")]
internal sealed class SendRoomMessageTests : EndToEndTest
{
    [Test]
    public async Task A_message_reaches_every_other_socket_of_every_member_and_nobody_else()
    {
        var alice = await TestClient.ConnectAsync(Server, "alice", "Alice A.");
        TestClient[] others = [await ConnectAsync("alice"), await ConnectAsync("bob"), await ConnectAsync("bob"), await ConnectAsync("carol")];
        var mallory = await ConnectAsync("mallory");
        await alice.CreateRoomAsync("r1", members: ["bob"], admins: ["carol"]);
        foreach (var other in others) await ForgetAsync(other);

        var reply = await alice.SucceedAsync("ROOM_MESSAGE_RESPONSE", new { type = "ROOM_MESSAGE", roomId = "r1", content = "Hi 👋", clientMessageId = "c1", messageType = "greeting" });

        var (id, at) = (reply.Text("roomMessageId"), reply.Number("timestamp"));
        reply.Body().Should().Be($"""type:"ROOM_MESSAGE_RESPONSE",success:true,roomId:"r1",roomMessageId:"{id}",seq:1,clientMessageId:"c1",duplicate:false,timestamp:{at}""");
        foreach (var other in others)
        {
            var message = await other.ExpectAsync("ROOM_MESSAGE");
            message.EnumerateObject().Where(field => field.Name != "type").ToDictionary(field => field.Name, field => field.Value.ToString()).Should().BeEquivalentTo(
                new Dictionary<string, string>
                {
                    ["roomId"] = "r1",
                    ["roomMessageId"] = id,
                    ["messageId"] = id,
                    ["seq"] = "1",
                    ["senderId"] = "alice",
                    ["username"] = "Alice A.",
                    ["content"] = "Hi 👋",
                    ["messageType"] = "greeting",
                    ["clientMessageId"] = "c1",
                    ["timestamp"] = $"{at}",
                });
        }

        await RoomSteps.ExpectNothingAsync([alice, mallory, .. others]);
    }

    [Test]
    public async Task What_the_sender_leaves_out_is_text_and_has_no_client_message_id()
    {
        var alice = await ConnectAsync("alice");
        var bob = await ConnectAsync("bob");
        await alice.CreateRoomAsync("r1", members: ["bob"]);
        await bob.ExpectAsync("ROOM_MEMBERS_UPDATED");

        (await alice.SayAsync("r1", "x")).Has("clientMessageId").Should().BeFalse();

        var message = await bob.ExpectAsync("ROOM_MESSAGE");
        message.Text("messageType").Should().Be("text");
        message.Has("clientMessageId").Should().BeFalse();
        message.Has("correlationId").Should().BeFalse();
    }

    [Test]
    public async Task Each_room_counts_its_own_messages_and_the_room_itself_keeps_its_version()
    {
        var alice = await ConnectAsync("alice");
        await alice.CreateRoomAsync("r1");
        await alice.CreateRoomAsync("r2");

        for (var seq = 1; seq <= 3; seq++)
        {
            (await alice.SayAsync("r1", "x")).Number("seq").Should().Be(seq);
            (await alice.SayAsync("r2", "x")).Number("seq").Should().Be(seq);
        }

        await Server.RestartAsync();
        alice = await ConnectAsync("alice");
        (await alice.SayAsync("r1", "x")).Number("seq").Should().Be(4);
        (await alice.RoomAsync("r1")).Version().Should().Be(1);
    }

    [Test]
    public async Task A_deleted_room_takes_its_messages_along_and_its_successor_counts_anew()
    {
        var alice = await ConnectAsync("alice");
        await alice.CreateRoomAsync("r1");
        await alice.SayAsync("r1", "x", "c1");
        await alice.SucceedAsync("ROOM_DELETED", new { type = "ROOM_DELETE", roomId = "r1" });
        await alice.CreateRoomAsync("r1");

        var reply = await alice.SayAsync("r1", "y", "c1");

        reply.Number("seq").Should().Be(1);
        reply.GetProperty("duplicate").GetBoolean().Should().BeFalse();
    }

    [TestCase("é", 10_000)]
    [TestCase("😀", 10_000)]
    [TestCase(" ", 1)]
    public async Task Content_is_counted_in_characters_as_a_person_does(string character, int limit)
    {
        var alice = await ConnectAsync("alice");
        await alice.CreateRoomAsync("r1");

        // As UTF-8 and without escapes, or the message would be larger than MessageBytes.
        await SendRawAsync(alice, string.Concat(Enumerable.Repeat(character, limit)));
        (await alice.ExpectAsync("ROOM_MESSAGE_RESPONSE")).Number("seq").Should().Be(1);

        await SendRawAsync(alice, string.Concat(Enumerable.Repeat(character, 10_001)));
        var error = await alice.ExpectAsync("ERROR");
        error.Code().Should().Be("VALIDATION_ERROR");
        error.Message().Should().Contain("content").And.Contain("10000").And.Contain("10001");
        await SendRawAsync(alice, "");
        (await alice.ExpectAsync("ERROR")).Code().Should().Be("VALIDATION_ERROR");
    }

    [Test]
    public async Task The_length_of_content_is_a_setting()
    {
        await LimitAsync(limits => limits.ContentLength = 3);
        var alice = await ConnectAsync("alice");
        await alice.CreateRoomAsync("r1");

        await alice.SayAsync("r1", "abc");
        await alice.BeRefusedAsync("VALIDATION_ERROR", new { type = "ROOM_MESSAGE", roomId = "r1", content = "abcd" });
    }

    [TestCase("""{"type":"ROOM_MESSAGE","roomId":"r1"}""", "content")]
    [TestCase("""{"type":"ROOM_MESSAGE","roomId":"r1","content":null}""", "content")]
    [TestCase("""{"type":"ROOM_MESSAGE","roomId":"r1","content":7}""", "content")]
    [TestCase("""{"type":"ROOM_MESSAGE","content":"x"}""", "roomId")]
    [TestCase("""{"type":"ROOM_MESSAGE","roomId":"a b","content":"x"}""", "roomId")]
    [TestCase("""{"type":"ROOM_MESSAGE","roomId":"r1","content":"x","clientMessageId":""}""", "clientMessageId")]
    [TestCase("""{"type":"ROOM_MESSAGE","roomId":"r1","content":"x","clientMessageId":"a\u0000"}""", "clientMessageId")]
    [TestCase("""{"type":"ROOM_MESSAGE","roomId":"r1","content":"x","messageType":""}""", "messageType")]
    public async Task A_malformed_message_is_refused_by_the_name_of_its_field(string message, string field)
    {
        var alice = await ConnectAsync("alice");
        await alice.CreateRoomAsync("r1");

        await alice.SendAsync(message);

        var error = await alice.ExpectAsync("ERROR");
        error.Code().Should().Be("VALIDATION_ERROR");
        error.Message().Should().Contain(field);
    }

    [Test]
    public async Task A_refused_message_takes_no_number_and_nobody_is_told()
    {
        var alice = await ConnectAsync("alice");
        var bob = await ConnectAsync("bob");
        var mallory = await ConnectAsync("mallory");
        await alice.CreateRoomAsync("r1", members: ["bob"]);
        await bob.ExpectAsync("ROOM_MEMBERS_UPDATED");

        await mallory.BeRefusedAsync("FORBIDDEN", new { type = "ROOM_MESSAGE", roomId = "r1", content = "x" });
        await mallory.BeRefusedAsync("NOT_FOUND", new { type = "ROOM_MESSAGE", roomId = "r2", content = "x" });
        await alice.BeRefusedAsync("VALIDATION_ERROR", new { type = "ROOM_MESSAGE", roomId = "r1", content = "x", clientMessageId = new string('c', 129) });
        await alice.BeRefusedAsync("VALIDATION_ERROR", new { type = "ROOM_MESSAGE", roomId = "r1", content = "x", messageType = new string('t', 65) });
        await RoomSteps.ExpectNothingAsync(alice, bob, mallory);

        var longest = await alice.SucceedAsync("ROOM_MESSAGE_RESPONSE", new { type = "ROOM_MESSAGE", roomId = "r1", content = "x", clientMessageId = new string('c', 128), messageType = new string('t', 64) });
        longest.Number("seq").Should().Be(1);
    }

    [Test]
    public async Task Who_has_left_neither_speaks_nor_hears()
    {
        var alice = await ConnectAsync("alice");
        var bob = await ConnectAsync("bob");
        await alice.CreateRoomAsync("r1", members: ["bob"]);
        await bob.SucceedAsync("ROOM_LEAVE_RESPONSE", new { type = "ROOM_LEAVE", roomId = "r1" });
        await ForgetAsync(bob);

        await alice.SayAsync("r1", "x");

        await bob.ExpectNothingAsync();
        await bob.BeRefusedAsync("FORBIDDEN", new { type = "ROOM_MESSAGE", roomId = "r1", content = "x" });
    }

    private static Task SendRawAsync(TestClient client, string content) =>
        client.SendAsync($$"""{"type":"ROOM_MESSAGE","roomId":"r1","content":"{{content}}"}""");

    private static async Task ForgetAsync(TestClient client)
    {
        await client.SettleAsync();
        while (client.Received.Count > 0) await client.NextAsync();
    }
}
