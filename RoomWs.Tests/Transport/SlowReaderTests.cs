using System.Text.Json;
using FluentAssertions;
using NUnit.Framework;
using RoomWs.Server.Configuration;
using RoomWs.Tests.Support;

namespace RoomWs.Tests.Transport;

/// <summary>What a client costs that reads slowly or not at all: itself, and nobody else.</summary>
internal sealed class SlowReaderTests : EndToEndTest
{
    /// <summary>With ids this long each snapshot is a quarter of a megabyte, so that a few fill whatever the sockets hold.</summary>
    private const int Members = 1_000;
    private const int IdLength = 120;
    private const int Changes = 80;

    /// <summary>30 MB of chat in all.</summary>
    private const int Messages = 3_000;

    protected override void Configure(RoomWsOptions options)
    {
        options.Limits.OutboundQueueBytes = 1_048_576;
        options.Limits.MessageBytes = 1_048_576;
    }

    [Test]
    public async Task A_client_that_does_not_read_is_closed_while_the_others_get_everything()
    {
        var owner = await ConnectAsync("owner");
        await owner.CreateRoomAsync("r1", ["reader", "lazy"]);
        var reader = await ConnectAsync("reader");
        var lazy = await RawClient.OpenAsync(Server, "?user=lazy");

        var content = new string('x', 10_000);
        for (var seq = 1; seq <= Messages; seq++)
        {
            await owner.SucceedAsync("ROOM_MESSAGE_RESPONSE", new { type = "ROOM_MESSAGE", roomId = "r1", content });
            (await reader.ExpectAsync("ROOM_MESSAGE")).Number("seq").Should().Be(seq);
        }

        await Deadline.UntilAsync(() => Server.Log.Entries.Any(entry => entry.Message.Contains("\"lazy\" ended", StringComparison.Ordinal)), "the server gives the lazy client up");
        Server.Log.Entries.Should().Contain(entry => entry.Message.Contains("\"lazy\" ended", StringComparison.Ordinal) && entry.Message.Contains("4009", StringComparison.Ordinal));
        await RoomSteps.ExpectNothingAsync(owner, reader);
        lazy.Dispose();
    }

    [Test]
    public async Task A_client_that_reads_late_is_sent_the_newest_members_and_not_all_that_were_before()
    {
        var owner = await ConnectAsync("owner");
        await CreateBigRoomAsync(owner, "reader", "lazy");
        var lazy = await RawClient.OpenAsync(Server, "?user=lazy");
        var last = 0L;
        for (var i = 0; i < Changes; i++) last = (await owner.SetRoleAsync("r1", "reader", i % 2 == 0 ? "ADMIN" : "MEMBER")).Version();

        var versions = new List<long>();
        while (versions.LastOrDefault() < last) versions.Add(JsonDocument.Parse((await lazy.ReadFrameAsync()).Text).RootElement.Version());

        versions.Should().BeInAscendingOrder().And.OnlyHaveUniqueItems();
        versions.Count.Should().BeLessThan(Changes);
        lazy.Dispose();
    }

    [Test]
    public async Task Replies_to_requests_sent_all_at_once_are_no_slow_reading()
    {
        var owner = await ConnectAsync("owner");
        await CreateBigRoomAsync(owner);
        var raw = await ConnectAsync("owner");

        // 40 replies of a quarter of a megabyte are ten times what may wait for a connection; this client reads them all the same.
        var sending = Task.Run(async () =>
        {
            for (var i = 0; i < 40; i++) await raw.SendAsync(new { type = "ROOM_INFO", roomId = "r1", correlationId = i });
        });
        for (var i = 0; i < 40; i++) (await raw.NextAsync()).Number("correlationId").Should().Be(i);
        await sending;
    }

    [Test]
    public async Task A_client_that_asks_and_reads_later_holds_up_nobody_and_misses_nothing()
    {
        var owner = await ConnectAsync("owner");
        await CreateBigRoomAsync(owner);
        var lazy = await ConnectAsync("owner");
        for (var i = 0; i < 60; i++) await lazy.SendAsync(new { type = "ROOM_INFO", roomId = "r1" });

        await owner.SucceedAsync("ROOM_UPDATED", new { type = "ROOM_UPDATE_META", roomId = "r1", patch = new { name = "still here" } });
        (await owner.RoomAsync("r1")).Meta().Text("name").Should().Be("still here");

        var types = new List<string>();
        for (var i = 0; i < 61; i++) types.Add((await lazy.NextAsync()).Type());
        types.Count(type => type == "ROOM_CREATED").Should().Be(60);
        types.Should().Contain("ROOM_UPDATED");
        await lazy.ExpectNothingAsync();
    }

    private static async Task CreateBigRoomAsync(TestClient owner, params string[] members)
    {
        var crowd = Enumerable.Range(0, Members - members.Length - 1).Select(i => $"{i}".PadRight(IdLength, 'x'));
        await owner.SucceedAsync("ROOM_CREATED", new { type = "ROOM_CREATE", roomId = "r1", memberIds = members.Concat(crowd) });
    }
}
