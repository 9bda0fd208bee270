using FluentAssertions;
using NUnit.Framework;
using RoomWs.Tests.Support;

namespace RoomWs.Tests.Fanout;

/// <summary>Of rooms that were entered, used and left, a server that runs on keeps nothing.</summary>
[OneNode]
internal sealed class LiveMemoryTests : EndToEndTest
{
    private const int Rooms = 1_000;

    private static readonly TimeSpan KeptUnused = TimeSpan.FromMinutes(1);

    private readonly ManualTimeProvider _time = new();

    protected override TimeProvider Time => _time;

    protected override void Configure(RoomWs.Server.Configuration.RoomWsOptions options) => options.Limits.RoomsPerUser = 0;

    [TestCase("ROOM_EXIT")]
    [TestCase("ROOM_LEAVE")]
    [TestCase("ROOM_DELETE")]
    [TestCase("disconnect")]
    public async Task After_a_thousand_rooms_were_entered_used_and_left_nothing_of_them_is_kept(string ending)
    {
        var owner = await ConnectAsync("owner");
        await owner.SettleAsync();
        var timers = _time.PendingTimers;
        var guest = await ConnectAsync("guest");
        for (var i = 0; i < Rooms; i++) await UseAsync(owner, guest, $"r{i}");
        Server.Core.Rooms.Count.Should().Be(Rooms);
        Server.Core.Entered.Count(Server.Core.Connections.Of("guest")[0]).Should().Be(Rooms);
        _time.PendingTimers.Should().BeGreaterThan(timers + Rooms, "the guest is typing everywhere");

        for (var i = 0; i < Rooms; i++)
        {
            if (ending == "ROOM_DELETE") await owner.SendAsync(new { type = ending, roomId = $"r{i}" });
            else if (ending != "disconnect") await guest.SendAsync(new { type = ending, roomId = $"r{i}" });
        }

        if (ending == "disconnect") await guest.CloseAsync();
        else await guest.SettleAsync();
        await owner.SettleAsync();
        await Deadline.UntilAsync(() => NobodyIsIn(), "nobody is in any room");

        // The tick of cursors, and the grace of who is gone, are over.
        await Deadline.UntilAsync(
            () =>
            {
                _time.Advance(TimeSpan.FromSeconds(2));
                return _time.PendingTimers == timers;
            },
            "no timer is left");
        _time.Advance(KeptUnused);
        await Deadline.UntilAsync(
            () =>
            {
                _time.Advance(TimeSpan.FromSeconds(1));
                return Server.Core.Rooms.Count == 0;
            },
            "the server holds no room");
    }

    [Test]
    public async Task A_room_that_somebody_is_in_is_kept_however_silent_it_is()
    {
        var alice = await ConnectAsync("alice");
        var bob = await ConnectAsync("bob");
        await alice.CreateRoomAsync("r1", members: ["bob"]);
        await alice.CreateRoomAsync("r2");
        await bob.ExpectAsync("ROOM_MEMBERS_UPDATED");
        await alice.EnterAsync("r1");
        await bob.EnterAsync("r1");

        _time.Advance(2 * KeptUnused);
        await Deadline.UntilAsync(
            () =>
            {
                _time.Advance(TimeSpan.FromSeconds(1));
                return Server.Core.Rooms.Count == 1;
            },
            "the server holds the one room");

        await bob.MoveAsync("r1", 1, 2);
        _time.Advance(LiveSteps.Tick);
        await alice.ExpectCursorsAsync("r1", ["bob 1,2"]);
    }

    private bool NobodyIsIn() => Server.Core.Connections.All.All(connection => Server.Core.Entered.Count(connection) == 0);

    private static async Task UseAsync(TestClient owner, TestClient guest, string roomId)
    {
        await owner.SucceedAsync("ROOM_CREATED", new { type = "ROOM_CREATE", roomId, memberIds = new[] { "guest" } });
        await guest.SendAsync(new { type = "ROOM_ENTER", roomId });
        // The message is over before the typing begins, which it would end.
        await guest.SayAsync(roomId, "x");
        await guest.SendAsync(new { type = "ROOM_CURSOR", roomId, x = 1, y = 2 });
        await guest.TypeAsync(roomId);
        while (guest.Received.Count > 0) (await guest.NextAsync()).Code().Should().BeNull();
        while (owner.Received.Count > 0) await owner.NextAsync();
    }
}
