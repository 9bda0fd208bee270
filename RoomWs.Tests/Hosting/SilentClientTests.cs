using FluentAssertions;
using NUnit.Framework;
using RoomWs.Server.Configuration;
using RoomWs.Tests.Support;

namespace RoomWs.Tests.Hosting;

/// <summary>Every wait on behalf of a client ends with the client, whatever it had asked for.</summary>
[OneNode]
internal sealed class SilentClientTests : EndToEndTest
{
    private const int Ping = 0x9;
    private const int Messages = 900;

    private readonly ManualTimeProvider _time = new();

    protected override TimeProvider Time => _time;

    protected override void Configure(RoomWsOptions options)
    {
        (options.PingSeconds, options.DeadSeconds) = (30, 60);
        options.Limits.OutboundQueueBytes = 1_048_576;
    }

    [TestCase(30, 60)]
    [TestCase(5, 20)]
    public async Task A_client_that_does_not_answer_a_ping_is_let_go_when_both_times_are_over(int ping, int dead)
    {
        await Server.RestartAsync(options => (options.PingSeconds, options.DeadSeconds) = (ping, dead));
        var silent = Server.Track(await RawClient.OpenAsync(Server));
        // The answer leaves when the server waits for more.
        await silent.SendAsync(RawClient.TextFrame("""{"type":"PING"}"""));
        (await silent.ReadFrameAsync()).Text.Should().Contain("PONG");

        _time.Advance(TimeSpan.FromSeconds(ping));
        (await silent.ReadFrameAsync()).Opcode.Should().Be(Ping);
        _time.Advance(TimeSpan.FromSeconds(dead));

        await Deadline.UntilAsync(() => Server.Log.Entries.Any(entry => entry.Message.Contains("no answer to a ping", StringComparison.Ordinal)), "the server lets the client go");
        Server.Core.Connections.Count.Should().Be(0);
    }

    [TestCase("?user=alice")]
    [TestCase("")]
    public async Task A_message_in_pieces_that_has_not_ended_after_10_seconds_closes_with_1008(string query)
    {
        await Server.RestartAsync(options => options.IdentifySeconds = 3_600);
        var (slow, quick) = (Server.Track(await RawClient.OpenAsync(Server, query)), Server.Track(await RawClient.OpenAsync(Server, query)));
        var ping = System.Text.Encoding.UTF8.GetBytes("""{"type":"PING"}""");
        for (var second = 0; second < 10; second++)
        {
            await slow.SendAsync([.. RawClient.Frame(second == 0 ? 0x01 : 0x00, [(byte)' ']), .. RawClient.Frame(0x89, [])]);
            (await slow.ReadFrameAsync()).Opcode.Should().Be(10);
            // The end of one message and the beginning of the next come together.
            await quick.SendAsync(second == 0 ? RawClient.Frame(0x01, ping[..5]) : [.. RawClient.Frame(0x80, ping[5..]), .. RawClient.Frame(0x01, ping[..5])]);
            if (second > 0) (await quick.ReadFrameAsync()).Text.Should().Contain("PONG");
            await Deadline.UntilAsync(() => Server.Core.Connections.All.All(connection => connection.WaitingBytes == 0), "the server waits for more");
            _time.Advance(TimeSpan.FromSeconds(1));
        }

        (await slow.ReadFrameAsync()).CloseCode.Should().Be(1008);
        await quick.SendAsync(RawClient.Frame(0x80, ping[5..]));
        (await quick.ReadFrameAsync()).Text.Should().Contain("PONG");
    }

    [Test]
    public async Task Clients_that_ask_for_much_and_neither_read_nor_answer_are_let_go()
    {
        await SayMuchAsync();
        var history = RawClient.TextFrame("""{"type":"ROOM_HISTORY","roomId":"r1","limit":200}""");
        byte[][] floods =
        [
            RawClient.TextFrame("""{"type":"RESUME","limit":1000,"rooms":[{"roomId":"r1","afterSeq":0}]}"""),
            [.. Enumerable.Repeat(history, 40).SelectMany(frame => frame)],
            [.. Enumerable.Repeat(RawClient.Frame(0x89, new byte[125]), 100_000).SelectMany(frame => frame)],
        ];
        foreach (var flood in floods)
        {
            var lazy = Server.Track(await RawClient.OpenAsync(Server, "?user=lazy"));
            _ = lazy.SendUnboundedAsync(flood);
        }

        await Deadline.UntilAsync(() => Lazy().Length == floods.Length && Lazy().All(connection => connection.WaitingBytes > 524_288), "the replies wait");

        await Deadline.UntilAsync(
            () =>
            {
                _time.Advance(TimeSpan.FromSeconds(15));
                return Lazy().Length == 0;
            },
            "the server lets the clients go");
        Server.Log.Entries.Count(entry => entry.Message.Contains("\"lazy\" ended", StringComparison.Ordinal) && entry.Message.Contains("4009", StringComparison.Ordinal)).Should().Be(floods.Length);
    }

    [Test]
    public async Task A_client_that_reads_its_replies_slowly_and_answers_no_ping_meanwhile_is_kept()
    {
        await SayMuchAsync();
        var slow = Server.Track(await RawClient.OpenAsync(Server, "?user=lazy"));
        await slow.SendAsync(RawClient.TextFrame("""{"type":"RESUME","limit":1000,"rooms":[{"roomId":"r1","afterSeq":0}]}"""));
        await Deadline.UntilAsync(() => Lazy().Length == 1 && Lazy()[0].WaitingBytes > 524_288, "the replies wait");

        for (var texts = 0; texts < Messages + 3;)
        {
            // A ping may come behind all that waits in the sockets.
            var frame = await slow.ReadFrameAsync();
            frame.Opcode.Should().BeOneOf(1, Ping);
            if (frame.Opcode != 1 || ++texts % 100 != 0) continue;
            // The server may have had no turn yet to use the space that this made, and the kernel may not say so before there is more of it.
            _time.Advance(TimeSpan.FromSeconds(25));
        }

        Lazy().Should().ContainSingle().Which.Closing.Should().BeNull();
    }

    private RoomWs.Server.Sessions.ClientConnection[] Lazy() => Server.Core.Connections.Of("lazy").ToArray();

    /// <summary>9 MB of chat.</summary>
    private async Task SayMuchAsync()
    {
        var owner = await ConnectAsync("owner");
        await owner.CreateRoomAsync("r1", ["lazy"]);
        var content = new string('x', 10_000);
        for (var i = 0; i < Messages; i++) await owner.SendAsync(new { type = "ROOM_MESSAGE", roomId = "r1", content });
        for (var i = 0; i < Messages; i++) await owner.ExpectAsync("ROOM_MESSAGE_RESPONSE");
    }
}
