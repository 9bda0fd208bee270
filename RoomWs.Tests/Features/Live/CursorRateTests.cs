using FluentAssertions;
using NUnit.Framework;
using RoomWs.Server.Configuration;
using RoomWs.Tests.Support;

namespace RoomWs.Tests.Features.Live;

/// <summary>Cursors beyond what a connection may send are not refused, and cost it nothing but its other requests.</summary>
internal sealed class CursorRateTests : EndToEndTest
{
    private readonly ManualTimeProvider _time = new();

    protected override TimeProvider Time => _time;

    protected override void Configure(RoomWsOptions options) =>
        (options.Limits.CursorsPerSecond, options.Limits.RequestsPerSecond, options.Limits.RequestBurst) = (5, 1, 10);

    [Test]
    [OneNode]
    public async Task Cursors_beyond_CursorsPerSecond_are_not_refused_and_the_last_is_told()
    {
        var alice = await ConnectAsync("alice");
        var bob = await ConnectAsync("bob");
        await alice.CreateRoomAsync("r1", members: ["bob"]);
        await bob.ExpectAsync("ROOM_MEMBERS_UPDATED");
        await alice.EnterAsync("r1");
        await bob.EnterAsync("r1");

        for (var i = 1; i <= 500; i++) await alice.SendAsync(new { type = "ROOM_CURSOR", roomId = "r1", x = i, y = 0 });
        // Nothing is answered that would show when the last was taken in, but the position itself.
        await Deadline.UntilAsync(() => Server.Core.Rooms.Find("r1")!.Room is { } room && Cursor(room) == 500, "the last position is there");
        _time.Advance(LiveSteps.Tick);

        (await bob.ExpectAsync("ROOM_CURSORS")).Positions().Should().Equal("alice 500,0");
        // The first thing that she hears is the reply to what she asks now, be it that the cursors have used up her requests.
        await alice.SendAsync("""{"type":"PING","correlationId":"now"}""");
        (await alice.NextAsync()).Text("correlationId").Should().Be("now");
    }

    [OneNode]
    [TestCase(0)]
    [TestCase(1_150, Description = "with breaths")]
    public async Task Cursors_over_both_limits_are_refusals_and_a_thousand_of_them_end_the_connection(int breath)
    {
        var alice = await ConnectAsync("alice");
        await alice.CreateRoomAsync("r1");
        await alice.EnterAsync("r1");

        for (var x = 0; x < 1_100 && !IsClosing; x++)
        {
            await alice.SendAsync(new { type = "ROOM_CURSOR", roomId = "r1", x, y = 0 });
            if (breath == 0 || x % 300 < 299) continue;
            await Deadline.UntilAsync(() => IsClosing || Cursor(Server.Core.Rooms.Find("r1")!.Room!) == x, "they have come in");
            IsClosing.Should().BeFalse();
            _time.Advance(TimeSpan.FromMilliseconds(breath));
        }

        await alice.ExpectCloseAsync(4008);
    }

    [Test]
    public async Task Zero_is_no_limit()
    {
        await LimitAsync(limits => limits.CursorsPerSecond = 0);
        var alice = await ConnectAsync("alice");
        await alice.CreateRoomAsync("r1");
        await alice.EnterAsync("r1");

        for (var x = 1; x <= 500; x++) await alice.SendAsync(new { type = "ROOM_CURSOR", roomId = "r1", x, y = 0 });

        // Not one of them was taken out of the requests, of which eight are left.
        for (var i = 0; i < 8; i++) await alice.SettleAsync();
        await alice.BeRefusedAsync("RATE_LIMITED", new { type = "PING" });
    }

    private bool IsClosing => Server.Core.Connections.Of("alice") is not [{ Closing: null }];

    private static double? Cursor(RoomWs.Server.Fanout.LiveRoom room)
    {
        using (room.Gate.Enter()) return room.Live?.Cursors is [var cursor, ..] ? cursor.X : null;
    }
}
