using FluentAssertions;
using NUnit.Framework;
using RoomWs.Tests.Support;

namespace RoomWs.Tests.Features.Live;

[CommandSample("""{"type":"ROOM_CURSOR","roomId":"$room","x":1,"y":2}""")]
internal sealed class MoveCursorTests : LiveTest
{
    [Test]
    public async Task A_move_is_told_at_the_next_tick_to_the_other_sockets_and_not_to_the_one_that_made_it()
    {
        var aliceElsewhere = await ConnectElsewhereAsync("alice");
        await EnterAllAsync();
        await aliceElsewhere.EnterAsync("r1");

        await Alice.MoveAsync("r1", 1.25, -2e-3);
        await RoomSteps.ExpectNothingAsync(Alice, aliceElsewhere, Bob, Carol);
        Tick();

        foreach (var client in new[] { aliceElsewhere, Bob, Carol })
        {
            var frame = await client.ExpectAsync("ROOM_CURSORS");
            frame.Body().Should().Be($$"""type:"ROOM_CURSORS",roomId:"r1",cursors:[{"userId":"alice","x":1.25,"y":-0.002,"ts":{{Clock.UtcNow.ToUnixTimeMilliseconds() - 33}}}]""");
        }

        Tick();
        await RoomSteps.ExpectNothingAsync(Alice, aliceElsewhere, Bob, Carol);
    }

    [Test]
    public async Task Of_many_moves_within_a_tick_the_last_is_told_and_never_lost()
    {
        await EnterAllAsync();

        for (var i = 1; i <= 100; i++) await Alice.SendAsync(new { type = "ROOM_CURSOR", roomId = "r1", x = i, y = -i });
        await Alice.SettleAsync();
        Tick();
        await Bob.ExpectCursorsAsync("r1", ["alice 100,-100"]);

        // One that comes alone, right behind a tick, is the last too.
        await Alice.MoveAsync("r1", 7, 8);
        Tick();
        await Bob.ExpectCursorsAsync("r1", ["alice 7,8"]);
        await Bob.ExpectNothingAsync();
    }

    [Test]
    public async Task Two_who_move_in_one_tick_each_see_the_other_and_who_stands_still_sees_both_in_one_frame()
    {
        await EnterAllAsync();

        await Alice.MoveAsync("r1", 1, 1);
        await Bob.MoveAsync("r1", 2, 2);
        Tick();

        await Alice.ExpectCursorsAsync("r1", ["bob 2,2"]);
        await Bob.ExpectCursorsAsync("r1", ["alice 1,1"]);
        await Carol.ExpectCursorsAsync("r1", ["alice 1,1", "bob 2,2"]);
        await RoomSteps.ExpectNothingAsync(Alice, Bob, Carol);
    }

    [Test]
    public async Task A_user_has_one_cursor_and_the_tab_that_did_not_move_it_last_is_told_of_it()
    {
        var aliceElsewhere = await ConnectElsewhereAsync("alice");
        await EnterAllAsync();
        await aliceElsewhere.EnterAsync("r1");

        await Alice.MoveAsync("r1", 1, 1);
        await aliceElsewhere.MoveAsync("r1", 2, 2);
        Tick();

        await Alice.ExpectCursorsAsync("r1", ["alice 2,2"]);
        await Bob.ExpectCursorsAsync("r1", ["alice 2,2"]);
        await aliceElsewhere.ExpectNothingAsync();

        // The cursor is the other tab's now, and stays when this one goes.
        await Alice.ExitAsync("r1");
        Tick();
        await Bob.ExpectNothingAsync();
        await aliceElsewhere.ExitAsync("r1");
        Tick();
        await Bob.ExpectCursorsAsync("r1", [], "alice");
    }

    [Test]
    public async Task A_cursor_is_gone_when_its_socket_exits_or_ends_and_a_new_one_is_not()
    {
        await EnterAllAsync();
        await Alice.MoveAsync("r1", 1, 1);
        await Bob.MoveAsync("r1", 2, 2);
        Tick();
        await Carol.ExpectCursorsAsync("r1", ["alice 1,1", "bob 2,2"]);

        await Alice.ExitAsync("r1");
        Tick();
        await Carol.ExpectCursorsAsync("r1", [], "alice");
        await LeaveAsync(Bob);
        Tick();
        await Carol.ExpectCursorsAsync("r1", [], "bob");
        (await Alice.EnterAsync("r1")).Positions().Should().BeEmpty();

        // Out and in again between two ticks: what counts is where it is now.
        await Alice.MoveAsync("r1", 3, 3);
        await Alice.ExitAsync("r1");
        await Alice.EnterAsync("r1");
        await Alice.MoveAsync("r1", 4, 4);
        Tick();
        await Carol.ExpectCursorsAsync("r1", ["alice 4,4"]);
        await Carol.ExpectNothingAsync();
    }

    [Test]
    public async Task Whoever_enters_with_a_move_on_its_way_misses_nothing()
    {
        await Alice.EnterAsync("r1");
        await Alice.MoveAsync("r1", 1, 1);
        (await Bob.EnterAsync("r1")).Positions().Should().Equal("alice 1,1");
        await Alice.MoveAsync("r1", 2, 2);
        Tick();

        await Bob.ExpectCursorsAsync("r1", ["alice 2,2"]);
    }

    [Test]
    public async Task Only_sockets_that_have_entered_can_move_and_a_refused_move_is_not_told()
    {
        var mallory = await ConnectAsync("mallory");
        await Bob.EnterAsync("r1");

        await Alice.BeRefusedAsync("FORBIDDEN", new { type = "ROOM_CURSOR", roomId = "r1", x = 1, y = 2 });
        await mallory.BeRefusedAsync("FORBIDDEN", new { type = "ROOM_CURSOR", roomId = "r1", x = 1, y = 2 });
        await Alice.BeRefusedAsync("FORBIDDEN", new { type = "ROOM_CURSOR", roomId = "r2", x = 1, y = 2 });

        Tick();
        await Bob.ExpectNothingAsync();
    }

    [TestCase("\"x\":1e999,\"y\":0", "x must be a finite number.")]
    [TestCase("\"x\":0,\"y\":-1e999", "y must be a finite number.")]
    [TestCase("\"x\":\"1\",\"y\":0", "x must be a number.")]
    [TestCase("\"x\":\"NaN\",\"y\":0", "x must be a number.")]
    [TestCase("\"x\":null,\"y\":0", "x must be a number.")]
    [TestCase("\"x\":0", "y is missing; it must be a number.")]
    public async Task A_position_that_is_none_is_refused_and_not_told(string position, string message)
    {
        await EnterAllAsync();

        await Alice.SendAsync($$"""{"type":"ROOM_CURSOR","roomId":"r1",{{position}}}""");

        var error = await Alice.ExpectAsync("ERROR");
        (error.Code(), error.Message()).Should().Be(("VALIDATION_ERROR", message));
        Tick();
        await Bob.ExpectNothingAsync();
    }

    [TestCase("0", "-0")]
    [TestCase("1.7976931348623157E+308", "-5E-324")]
    [TestCase("9007199254740993", "0.1")]
    public async Task Any_finite_position_arrives_as_it_was_sent(string x, string y)
    {
        await EnterAllAsync();
        await Alice.SendAsync($$"""{"type":"ROOM_CURSOR","roomId":"r1","x":{{x}},"y":{{y}}}""");
        await Alice.SettleAsync();
        Tick();

        var cursor = (await Bob.ExpectAsync("ROOM_CURSORS")).GetProperty("cursors")[0];
        cursor.GetProperty("x").GetDouble().Should().Be(double.Parse(x, System.Globalization.CultureInfo.InvariantCulture));
        cursor.GetProperty("y").GetDouble().Should().Be(double.Parse(y, System.Globalization.CultureInfo.InvariantCulture));
    }
}
