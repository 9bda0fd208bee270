using FluentAssertions;
using NUnit.Framework;
using RoomWs.Tests.Support;

namespace RoomWs.Tests.Dispatch;

/// <summary>A client may ask for what it may not have as often as it likes; the log does not grow with it.</summary>
internal sealed class RefusalLogTests : EndToEndTest
{
    private readonly ManualTimeProvider _time = new();

    protected override TimeProvider Time => _time;

    [Test]
    public async Task Refusals_of_one_connection_are_a_line_a_second_with_the_count_of_the_others()
    {
        var bob = await IntruderAsync("bob");
        for (var i = 0; i < 20; i++) await bob.BeRefusedAsync("FORBIDDEN", new { type = "ROOM_INFO", roomId = "r1" });
        Lines(2001).Should().ContainSingle().Which.Message.Should().StartWith("Refused ROOM_INFO of user \"bob\" on room ").And.Contain(": FORBIDDEN");
        Lines(2003).Should().BeEmpty();

        _time.Advance(TimeSpan.FromSeconds(1));
        await bob.BeRefusedAsync("FORBIDDEN", new { type = "ROOM_DELETE", roomId = "r1" });

        await Deadline.UntilAsync(() => Lines(2003).Any(), "the line");
        Lines(2003).Should().ContainSingle().Which.Message.Should().StartWith("Refused 20 more requests of user \"bob\"").And.Contain("the last ROOM_DELETE");
        Lines(2001).Should().ContainSingle();
    }

    [Test]
    public async Task Each_connection_has_a_line_of_its_own_and_the_rest_is_counted_at_its_end()
    {
        var (bob, mallory) = (await IntruderAsync("bob"), await ConnectAsync("mallory"));
        foreach (var client in new[] { bob, mallory })
            for (var i = 0; i < 3; i++) await client.BeRefusedAsync("FORBIDDEN", new { type = "ROOM_HISTORY", roomId = "r1" });
        Lines(2001).Should().HaveCount(2);

        bob.Dispose();

        await Deadline.UntilAsync(() => Lines(2004).Any(), "the line at the end");
        Lines(2004).Should().ContainSingle().Which.Message.Should().StartWith("Refused 2 more requests of user \"bob\"");
    }

    private async Task<TestClient> IntruderAsync(string user)
    {
        var alice = await ConnectAsync("alice");
        await alice.CreateRoomAsync("r1");
        return await ConnectAsync(user);
    }

    private IEnumerable<LogEntry> Lines(int id) => Server.Log.Entries.Where(entry => entry.EventId == id);
}
