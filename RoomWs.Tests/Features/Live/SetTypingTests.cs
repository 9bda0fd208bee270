using FluentAssertions;
using NUnit.Framework;
using RoomWs.Tests.Support;

namespace RoomWs.Tests.Features.Live;

[CommandSample("""{"type":"ROOM_TYPING","roomId":"$room","typing":true}""")]
internal sealed class SetTypingTests : LiveTest
{
    [Test]
    public async Task Beginning_and_stopping_is_told_to_the_other_entered_sockets_and_more_of_the_same_is_not()
    {
        var bobElsewhere = await ConnectElsewhereAsync("bob");
        await EnterAllAsync();

        for (var i = 0; i < 3; i++) await Alice.TypeAsync("r1");
        for (var i = 0; i < 3; i++) await Alice.TypeAsync("r1", typing: false);

        foreach (var client in new[] { Bob, Carol })
        {
            await client.ExpectTypingAsync("r1", "alice", typing: true);
            await client.ExpectTypingAsync("r1", "alice", typing: false);
        }

        await RoomSteps.ExpectNothingAsync(Alice, Bob, Carol, bobElsewhere);
    }

    [Test]
    public async Task Typing_ends_by_itself_5_seconds_after_the_last_sign_of_it()
    {
        await EnterAllAsync();
        await Alice.TypeAsync("r1");
        await Bob.ExpectTypingAsync("r1", "alice", typing: true);

        Clock.Advance(TimeSpan.FromSeconds(4));
        await Alice.TypeAsync("r1");
        Clock.Advance(TimeSpan.FromSeconds(4.999));
        await Bob.ExpectNothingAsync();
        Clock.Advance(TimeSpan.FromMilliseconds(1));

        await Bob.ExpectTypingAsync("r1", "alice", typing: false);
        Clock.Advance(TimeSpan.FromSeconds(10));
        await RoomSteps.ExpectNothingAsync(Alice, Bob);
        (await Carol.EnterAsync("r1")).GetProperty("typing").GetArrayLength().Should().Be(0);
        await Alice.TypeAsync("r1");
        await Bob.ExpectTypingAsync("r1", "alice", typing: true);
    }

    [Test]
    public async Task A_message_ends_the_typing_of_its_sender_alone_and_before_it_is_told()
    {
        await Alice.CreateRoomAsync("r2", members: ["bob", "carol"]);
        await EnterAllAsync();
        foreach (var client in new[] { Alice, Carol }) await client.EnterAsync("r2");
        await Alice.TypeAsync("r1");
        await Alice.TypeAsync("r2");
        await Bob.TypeAsync("r1");
        await Carol.SettleAsync();
        while (Carol.Received.Count > 0) await Carol.NextAsync();

        await Alice.SayAsync("r1", "x");

        await Carol.ExpectTypingAsync("r1", "alice", typing: false);
        await Carol.ExpectAsync("ROOM_MESSAGE");
        await Carol.ExpectNothingAsync();
        await Bob.TypeAsync("r1", typing: false);
        await Carol.ExpectTypingAsync("r1", "bob", typing: false);
        await Alice.SayAsync("r1", "not typing now");
        await Carol.ExpectAsync("ROOM_MESSAGE");
    }

    [Test]
    public async Task Typing_ends_when_its_socket_exits_or_ends_and_leaves_no_timer()
    {
        await EnterAllAsync();
        var timers = Clock.PendingTimers;
        await Alice.TypeAsync("r1");
        await Alice.ExitAsync("r1");
        Clock.PendingTimers.Should().BeLessThanOrEqualTo(timers + 1, "the tick of cursors is all that may be left");
        await Bob.TypeAsync("r1");
        await Bob.CloseAsync();

        await Carol.ExpectTypingAsync("r1", "alice", typing: true);
        await Carol.ExpectTypingAsync("r1", "alice", typing: false);
        await Carol.ExpectTypingAsync("r1", "bob", typing: true);
        await Carol.ExpectTypingAsync("r1", "bob", typing: false);
        Clock.Advance(TimeSpan.FromSeconds(10));
        await Carol.ExpectNothingAsync();
    }

    [Test]
    public async Task A_tab_that_types_on_keeps_its_user_typing_when_another_goes()
    {
        var aliceElsewhere = await ConnectElsewhereAsync("alice");
        await EnterAllAsync();
        await aliceElsewhere.EnterAsync("r1");
        await Alice.TypeAsync("r1");
        await aliceElsewhere.TypeAsync("r1");
        await Bob.ExpectTypingAsync("r1", "alice", typing: true);

        await Alice.ExitAsync("r1");
        await Bob.ExpectNothingAsync();
        await aliceElsewhere.TypeAsync("r1", typing: false);
        await Bob.ExpectTypingAsync("r1", "alice", typing: false);
    }

    [TestCase(false, Description = "the second tab stops by word")]
    [TestCase(true, Description = "the second tab stops by going")]
    public async Task Typing_is_over_when_no_tab_of_its_user_types_and_every_end_has_its_beginning(bool byExit)
    {
        var (second, third) = (await ConnectElsewhereAsync("alice"), await ConnectElsewhereAsync("alice"));
        await EnterAllAsync();
        foreach (var tab in new[] { second, third }) await tab.EnterAsync("r1");
        await Alice.TypeAsync("r1");
        foreach (var client in new[] { Bob, second, third }) await client.ExpectTypingAsync("r1", "alice", typing: true);
        await second.TypeAsync("r1");
        await third.TypeAsync("r1", typing: false);

        if (byExit) await second.ExitAsync("r1");
        else await second.TypeAsync("r1", typing: false);
        await RoomSteps.ExpectNothingAsync(Alice, Bob, second, third);
        await Alice.TypeAsync("r1", typing: false);

        foreach (var client in byExit ? [Bob, third] : new[] { Bob, second, third }) await client.ExpectTypingAsync("r1", "alice", typing: false);
        await RoomSteps.ExpectNothingAsync(Alice, Bob, second, third);
    }

    [Test]
    public async Task Typing_that_the_first_tab_began_and_the_second_ends_is_over_for_all_that_saw_it()
    {
        var second = await ConnectElsewhereAsync("alice");
        await EnterAllAsync();
        await second.EnterAsync("r1");
        await Alice.TypeAsync("r1");
        await second.TypeAsync("r1");
        foreach (var client in new[] { Bob, second }) await client.ExpectTypingAsync("r1", "alice", typing: true);
        await Alice.TypeAsync("r1", typing: false);
        // It sees in its ROOM_STATE that it types elsewhere, so it hears the end as well.
        await Alice.ExitAsync("r1");
        (await Alice.EnterAsync("r1")).GetProperty("typing").GetArrayLength().Should().Be(1);

        Clock.Advance(TimeSpan.FromSeconds(5));

        foreach (var client in new[] { Alice, Bob, second }) await client.ExpectTypingAsync("r1", "alice", typing: false);
        await RoomSteps.ExpectNothingAsync(Alice, Bob, second);
    }

    [Test]
    public async Task Refusals_say_what_is_wrong_and_nobody_is_told()
    {
        var mallory = await ConnectAsync("mallory");
        await Bob.EnterAsync("r1");

        await Alice.BeRefusedAsync("FORBIDDEN", new { type = "ROOM_TYPING", roomId = "r1", typing = true });
        await mallory.BeRefusedAsync("FORBIDDEN", new { type = "ROOM_TYPING", roomId = "r1", typing = true });
        await Alice.BeRefusedAsync("FORBIDDEN", new { type = "ROOM_TYPING", roomId = "r2", typing = true });
        await Bob.BeRefusedAsync("VALIDATION_ERROR", new { type = "ROOM_TYPING", roomId = "a b", typing = true });
        (await Bob.BeRefusedAsync("VALIDATION_ERROR", new { type = "ROOM_TYPING", roomId = "r1" })).Message().Should().Contain("typing");
        (await Bob.BeRefusedAsync("VALIDATION_ERROR", new { type = "ROOM_TYPING", roomId = "r1", typing = "yes" })).Message().Should().Contain("typing");

        await Alice.EnterAsync("r1");
        await Alice.TypeAsync("r1");
        await Bob.ExpectTypingAsync("r1", "alice", typing: true);
    }
}
