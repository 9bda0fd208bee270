using FluentAssertions;
using NUnit.Framework;
using RoomWs.Tests.Support;

namespace RoomWs.Tests.Features.Messages;

/// <summary>A message with a clientMessageId happens once, however often it is sent.</summary>
internal sealed class MessageDuplicateTests : EndToEndTest
{
    [Test]
    public async Task The_same_client_message_id_gets_the_first_reply_on_any_connection_and_after_a_restart_and_nobody_is_told()
    {
        var alice = await ConnectAsync("alice");
        var bob = await ConnectAsync("bob");
        await alice.CreateRoomAsync("r1", members: ["bob"]);
        var first = await alice.SayAsync("r1", "x", "c1");
        await bob.ExpectAsync("ROOM_MEMBERS_UPDATED");
        await bob.ExpectAsync("ROOM_MESSAGE");

        var again = first.Body().Replace("duplicate:false", "duplicate:true", StringComparison.Ordinal);
        (await alice.SayAsync("r1", "x", "c1")).Body().Should().Be(again);
        (await alice.SayAsync("r1", "other words", "c1")).Body().Should().Be(again);
        var elsewhere = await ConnectAsync("alice");
        (await elsewhere.SayAsync("r1", "x", "c1")).Body().Should().Be(again);
        await RoomSteps.ExpectNothingAsync(alice, bob, elsewhere);

        await Server.RestartAsync();
        (alice, bob) = (await ConnectAsync("alice"), await ConnectAsync("bob"));
        (await alice.SayAsync("r1", "x", "c1")).Body().Should().Be(again);
        await RoomSteps.ExpectNothingAsync(alice, bob);
        (await alice.SayAsync("r1", "x", "c2")).Number("seq").Should().Be(2);
        (await bob.ExpectAsync("ROOM_MESSAGE")).Text("clientMessageId").Should().Be("c2");
    }

    [Test]
    public async Task Another_sender_or_another_room_may_use_the_same_client_message_id()
    {
        var alice = await ConnectAsync("alice");
        var bob = await ConnectAsync("bob");
        await alice.CreateRoomAsync("r1", members: ["bob"]);
        await alice.CreateRoomAsync("r2");

        foreach (var (reply, seq) in new[] { (await alice.SayAsync("r1", "x", "c1"), 1), (await bob.SayAsync("r1", "x", "c1"), 2), (await alice.SayAsync("r2", "x", "c1"), 1) })
        {
            reply.GetProperty("duplicate").GetBoolean().Should().BeFalse();
            reply.Number("seq").Should().Be(seq);
        }
    }

    [Test]
    public async Task Of_many_tabs_that_send_the_same_message_at_once_one_is_first_and_it_is_told_once()
    {
        const int tabs = 8;
        var bob = await ConnectAsync("bob");
        await bob.CreateRoomAsync("r1", members: ["alice"]);
        var alices = await Task.WhenAll(Enumerable.Range(0, tabs).Select(_ => ConnectAsync("alice")));

        for (var round = 1; round <= 20; round++)
        {
            var replies = await Task.WhenAll(alices.Select(alice => alice.SayAsync("r1", "x", $"c{round}")));
            replies.Count(reply => !reply.GetProperty("duplicate").GetBoolean()).Should().Be(1);
            replies.Select(reply => reply.Text("roomMessageId")).Distinct().Should().ContainSingle();
            replies.Should().OnlyContain(reply => reply.Number("seq") == round);
        }

        for (var seq = 1; seq <= 20; seq++) (await bob.ExpectAsync("ROOM_MESSAGE")).Number("seq").Should().Be(seq);
        await bob.ExpectNothingAsync();
    }

    [Test]
    public async Task A_refused_message_may_be_sent_again_under_its_client_message_id()
    {
        var alice = await ConnectAsync("alice");
        var bob = await ConnectAsync("bob");
        await alice.CreateRoomAsync("r1");
        await bob.BeRefusedAsync("FORBIDDEN", new { type = "ROOM_MESSAGE", roomId = "r1", content = "x", clientMessageId = "c1" });
        await bob.SucceedAsync("ROOM_JOIN_RESPONSE", new { type = "ROOM_JOIN", roomId = "r1" });

        (await bob.SayAsync("r1", "x", "c1")).GetProperty("duplicate").GetBoolean().Should().BeFalse();
    }

    [Test]
    public async Task A_duplicate_by_who_is_no_member_any_more_is_forbidden()
    {
        var alice = await ConnectAsync("alice");
        var bob = await ConnectAsync("bob");
        await alice.CreateRoomAsync("r1", members: ["bob"]);
        await bob.SayAsync("r1", "x", "c1");
        await bob.SucceedAsync("ROOM_LEAVE_RESPONSE", new { type = "ROOM_LEAVE", roomId = "r1" });

        await bob.BeRefusedAsync("FORBIDDEN", new { type = "ROOM_MESSAGE", roomId = "r1", content = "x", clientMessageId = "c1" });
    }

    [Test]
    public async Task An_idempotency_key_works_on_messages_too()
    {
        var alice = await ConnectAsync("alice");
        await alice.CreateRoomAsync("r1");
        object message = new { type = "ROOM_MESSAGE", roomId = "r1", content = "x", idempotencyKey = "k1" };

        var first = await alice.SucceedAsync("ROOM_MESSAGE_RESPONSE", message);

        (await alice.SucceedAsync("ROOM_MESSAGE_RESPONSE", message)).Body().Should().Be(first.Body());
        await alice.BeRefusedAsync("CONFLICT", new { type = "ROOM_MESSAGE", roomId = "r1", content = "y", idempotencyKey = "k1" });
        (await alice.SayAsync("r1", "z")).Number("seq").Should().Be(2);
    }
}
