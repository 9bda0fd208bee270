using FluentAssertions;
using NUnit.Framework;
using RoomWs.Tests.Support;

namespace RoomWs.Tests.Features.Boards;

/// <summary>What becomes of the updates that no snapshot needs.</summary>
internal sealed class PastUpdatesTests : EndToEndTest
{
    private readonly ManualTimeProvider _time = new();

    protected override TimeProvider Time => _time;

    [Test]
    public async Task They_are_gone_a_minute_later_with_the_next_change_of_a_board_and_no_others_are()
    {
        var alice = await ConnectAsync("alice");
        await alice.CreateRoomAsync("r1");
        await alice.SucceedAsync("ROOM_BOARD_CREATED", new { type = "ROOM_BOARD_CREATE", roomId = "r1", boardId = "b1", name = "b" });
        for (var i = 1; i <= 4; i++) await alice.DrawAsync("r1", "b1", $"u{i}");
        await alice.CompactAsync("r1", "b1", 1, "first");
        await alice.CompactAsync("r1", "b1", 3, "second");
        await alice.CompactAsync("r1", "b1", 4, "third");
        _time.Advance(TimeSpan.FromMinutes(1));

        await alice.DrawAsync("r1", "b1", "u5");

        using var database = Server.Database.Open();
        database.Rows("SELECT seq FROM board_updates ORDER BY seq", row => row.GetInt64(0)).Should().Equal(4, 5);
    }
}
