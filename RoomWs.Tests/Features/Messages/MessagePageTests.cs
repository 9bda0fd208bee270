using System.Globalization;
using System.Text;
using System.Text.Json;
using FluentAssertions;
using NUnit.Framework;
using RoomWs.Protocol;
using RoomWs.Protocol.Messages;
using RoomWs.Server.Configuration;
using RoomWs.Server.Model;
using RoomWs.Tests.Support;

namespace RoomWs.Tests.Features.Messages;

/// <summary>Replays and histories are read and sent in pages of bounded bytes, whatever the messages are made of.</summary>
internal sealed class MessagePageTests : EndToEndTest
{
    private const int PageBytes = 1_048_576;

    /// <summary>Texts that take 1, 2, 3, 4 and 6 bytes for each of their characters.</summary>
    private static readonly string[] Characters = ["x", "\u00e9", "\u20ac", "\U0001F600", "\u0001", "\""];

    private static readonly JsonSerializerOptions Relaxed = new() { Encoder = ProtocolJson.Wire.Options.Encoder };

    protected override void Configure(RoomWsOptions options) => options.Limits.MessageBytes = 131_072;

    [Test]
    public void No_more_is_read_than_goes_into_the_page_and_one([Range(0, 5)] int kind)
    {
        var character = Characters[kind];
        var read = 0;
        var messages = Enumerable.Range(1, 1_000).Select(seq =>
        {
            read++;
            return Message(seq, string.Concat(Enumerable.Repeat(character, 1_000)));
        });

        var (page, hasMore) = MessagePage.Of(messages.Take, 1_000, 50_000);

        hasMore.Should().BeTrue();
        read.Should().Be(page.Count + 1);
        var bytes = page.Sum(message => JsonSerializer.SerializeToUtf8Bytes(message, ProtocolJson.Wire.RoomMessage).Length);
        bytes.Should().BeInRange(30_000, 50_000);
    }

    [Test]
    public void The_first_message_is_in_it_however_large_and_the_limit_holds()
    {
        MessagePage.Of(new[] { Message(1, new string('x', 10_000)), Message(2, "x") }.Take, 10, 5_000).Page.Should().ContainSingle().Which.Seq.Should().Be(1);
        MessagePage.Of(new[] { Message(1, "x"), Message(2, "x") }.Take, 1, 5_000).HasMore.Should().BeTrue();
        MessagePage.Of(new[] { Message(1, "x"), Message(2, "x") }.Take, 2, 5_000).HasMore.Should().BeFalse();
    }

    [Test]
    public async Task A_page_of_history_ends_at_a_megabyte_and_the_next_goes_on_behind_it([Range(0, 5)] int kind)
    {
        var alice = await SayAsync(Characters[kind], 120);

        var raw = Server.Track(await RawClient.OpenAsync(Server));
        var (seen, beforeSeq, pages) = (new List<long>(), 121L, 0);
        for (var hasMore = true; hasMore; pages++)
        {
            await raw.SendAsync(RawClient.TextFrame(JsonSerializer.Serialize(new { type = "ROOM_HISTORY", roomId = "r1", beforeSeq, limit = 200 })));
            var frame = await raw.ReadFrameAsync();
            frame.Payload.Length.Should().BeLessThan(PageBytes + 1_000);
            var page = JsonDocument.Parse(frame.Payload).RootElement;
            hasMore = page.GetProperty("hasMore").GetBoolean();
            seen.InsertRange(0, page.Seqs("messages"));
            beforeSeq = seen[0];
        }

        seen.Should().Equal(Enumerable.Range(1, 120).Select(seq => (long)seq));
        pages.Should().BeGreaterThan(1);
        (await alice.SucceedAsync("ROOM_HISTORY_RESPONSE", new { type = "ROOM_HISTORY", roomId = "r1", afterSeq = 0, limit = 200 })).Seqs("messages")[0].Should().Be(1);
    }

    [TestCase(0, 1_000, 1, false)]
    [TestCase(7, 1_000, 8, false)]
    [TestCase(7, 120, 8, false)]
    [TestCase(0, 119, 2, true)]
    [TestCase(7, 112, 9, true)]
    public async Task A_replay_of_many_pages_is_whole_and_in_order(int afterSeq, int limit, int firstSeq, bool truncated)
    {
        var alice = await SayAsync("\U0001F600", 120);

        await alice.SendAsync(new { type = "RESUME", limit, rooms = new[] { new { roomId = "r1", afterSeq } } });

        await alice.ExpectAsync("RESYNC_START");
        for (var seq = firstSeq; seq <= 120; seq++) (await alice.ExpectAsync("ROOM_MESSAGE")).Number("seq").Should().Be(seq);
        var complete = await alice.ExpectAsync("RESYNC_COMPLETE");
        complete.Number("messageCount").Should().Be(121 - firstSeq);
        complete.GetProperty("truncated").GetBoolean().Should().Be(truncated);
    }

    [TestCase("\U0001F600")]
    [TestCase("\U00020000\U0010FFFF")]
    public async Task Characters_beyond_the_basic_plane_leave_as_utf8(string content)
    {
        var alice = await ConnectAsync("alice");
        await alice.CreateRoomAsync("r1", ["bob"]);
        var bob = Server.Track(await RawClient.OpenAsync(Server, "?user=bob"));
        await alice.SayAsync("r1", content);

        Encoding.UTF8.GetString((await bob.ReadFrameAsync()).Payload).Should().Contain($"\"content\":\"{content}\"");
    }

    private async Task<TestClient> SayAsync(string character, int count)
    {
        var alice = await ConnectAsync("alice");
        await alice.CreateRoomAsync("r1");
        var content = string.Concat(Enumerable.Repeat(character, 10_000));
        for (var i = 0; i < count; i++) await alice.SendAsync(JsonSerializer.Serialize(new { type = "ROOM_MESSAGE", roomId = "r1", content }, Relaxed));
        for (var i = 0; i < count; i++) await alice.ExpectAsync("ROOM_MESSAGE_RESPONSE");
        return alice;
    }

    private static RoomMessage Message(int seq, string content) => new()
    {
        RoomId = "r1",
        RoomMessageId = string.Create(CultureInfo.InvariantCulture, $"message_{seq}"),
        Seq = seq,
        SenderId = "alice",
        Username = "Alice",
        Content = content,
        MessageType = "text",
        Timestamp = 1_760_000_000_000,
    };
}
