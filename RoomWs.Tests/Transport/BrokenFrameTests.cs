using System.Net.WebSockets;
using System.Text;
using FluentAssertions;
using NUnit.Framework;
using RoomWs.Tests.Support;

namespace RoomWs.Tests.Transport;

/// <summary>What ends a connection, each with its close code, and the frames that do not.</summary>
internal sealed class BrokenFrameTests : EndToEndTest
{
    private static readonly byte[] Ping = Encoding.UTF8.GetBytes("""{"type":"PING"}""");

    [TestCase(true)]
    [TestCase(false)]
    public async Task A_binary_message_closes_with_1003(bool endOfMessage)
    {
        var alice = await ConnectAsync("alice");

        await alice.SendBytesAsync(Ping, WebSocketMessageType.Binary, endOfMessage);

        await alice.ExpectCloseAsync(1003);
    }

    [TestCase(65_537)]
    [TestCase(1_000_000)]
    public async Task A_message_over_the_limit_closes_with_1009(int length)
    {
        var alice = await ConnectAsync("alice");

        await alice.SendAsync(new string(' ', length));

        (await alice.ExpectCloseAsync(1009)).Should().Contain("65536");
    }

    [Test]
    public async Task A_message_over_the_limit_in_many_frames_closes_with_1009_before_it_ends()
    {
        var alice = await ConnectAsync("alice");

        for (var sent = 0; sent <= 65_536; sent += 4_096) await alice.SendBytesAsync(new byte[4_096], WebSocketMessageType.Text, endOfMessage: false);

        await alice.ExpectCloseAsync(1009);
    }

    [TestCase(1_000_000)]
    [TestCase(long.MaxValue)]
    public async Task A_frame_that_announces_more_closes_with_1009_as_soon_as_the_limit_is_passed(long announced)
    {
        using var raw = await RawClient.OpenAsync(Server);

        await raw.SendAsync([.. RawClient.Head(0x81, announced), 0, 0, 0, 0, .. Enumerable.Repeat((byte)' ', 65_537)]);

        await ExpectCloseAsync(raw, 1009);
    }

    [Test]
    public async Task What_is_asked_after_the_fault_is_not_done()
    {
        var alice = await ConnectAsync("alice");
        await alice.SendBytesAsync(Ping, WebSocketMessageType.Binary);
        await alice.SendAsync(new { type = "ROOM_CREATE", roomId = "r1" });
        await alice.ExpectCloseAsync(1003);

        await (await ConnectAsync("alice")).BeRefusedAsync("NOT_FOUND", new { type = "ROOM_INFO", roomId = "r1" });
    }

    [TestCase(new byte[] { (byte)'"', 0xff, (byte)'"' })]
    [TestCase(new byte[] { (byte)'"', 0xc3, (byte)'"' })]
    [TestCase(new byte[] { (byte)'"', 0xed, 0xa0, 0x80, (byte)'"' })]
    [TestCase(new byte[] { (byte)'"', 0xc0, 0x80, (byte)'"' })]
    public async Task Text_that_is_not_utf8_closes_with_1007(byte[] payload)
    {
        using var raw = await RawClient.OpenAsync(Server);

        await raw.SendAsync(RawClient.Frame(0x81, payload));

        await ExpectCloseAsync(raw, 1007);
    }

    [Test]
    public async Task Text_that_ends_inside_a_character_closes_with_1007_also_where_an_empty_frame_ends_it()
    {
        using var raw = await RawClient.OpenAsync(Server);

        await raw.SendAsync([.. RawClient.Frame(0x01, "{}"u8.ToArray()), .. RawClient.Frame(0x00, [0xc3]), .. RawClient.Frame(0x80, [])]);

        await ExpectCloseAsync(raw, 1007);
    }

    [Test]
    public async Task Text_that_is_cut_inside_a_character_is_one_message()
    {
        using var raw = await RawClient.OpenAsync(Server);

        await raw.SendAsync([
            .. RawClient.Frame(0x01, [.. """{"type":"ROOM_CREATE","name":"Zo"""u8, 0xc3]),
            .. RawClient.Frame(0x00, [0xab]),
            .. RawClient.Frame(0x80, "\"}"u8.ToArray()),]);

        (await raw.ReadFrameAsync()).Text.Should().Contain("\"name\":\"Zoë\"");
    }

    [TestCase(0x91, Description = "reserved bit 3")]
    [TestCase(0xa1, Description = "reserved bit 2")]
    [TestCase(0xc1, Description = "reserved bit 1: compression that was not agreed on")]
    [TestCase(0x83, Description = "reserved data opcode")]
    [TestCase(0x8b, Description = "reserved control opcode")]
    [TestCase(0x80, Description = "continuation of nothing")]
    [TestCase(0x09, Description = "ping in fragments")]
    public async Task A_frame_that_breaks_rfc_6455_closes_with_1002(int firstByte)
    {
        using var raw = await RawClient.OpenAsync(Server);

        await raw.SendAsync(RawClient.Frame(firstByte, Ping));

        await ExpectCloseAsync(raw, 1002);
    }

    [TestCase(new byte[] { 0xfe, 0, 15 })]
    [TestCase(new byte[] { 0xff, 0, 0, 0, 0, 0, 0, 0, 15 })]
    public async Task A_length_that_is_not_in_its_shortest_form_closes_with_1002_and_what_came_before_is_answered(byte[] length)
    {
        using var raw = await RawClient.OpenAsync(Server);

        await raw.SendAsync([.. RawClient.Frame(0x81, Ping), 0x81, .. length, 0, 0, 0, 0, .. Ping]);

        (await raw.ReadFrameAsync()).Text.Should().Contain("PONG");
        await ExpectCloseAsync(raw, 1002);
    }

    [TestCase("?user=alice", 0x00)]
    [TestCase("", 0x00, Description = "without an identity")]
    [TestCase("", 0x01)]
    public async Task An_empty_piece_of_a_message_that_is_not_its_last_closes_with_1008(string query, int firstByte)
    {
        using var raw = await RawClient.OpenAsync(Server, query);

        if (firstByte == 0x00) await raw.SendAsync(RawClient.Frame(0x01, Ping[..3]));
        await raw.SendAsync([.. Enumerable.Repeat(RawClient.Frame(firstByte, []), 100).SelectMany(frame => frame)]);

        await ExpectCloseAsync(raw, 1008);
    }

    [Test]
    public async Task A_message_in_a_thousand_pieces_is_one_and_one_more_closes_with_1008([Values(1_000, 1_001)] int pieces)
    {
        using var raw = await RawClient.OpenAsync(Server);
        var text = """{"type":"PING"}""".PadRight(pieces - 1);

        await raw.SendAsync([
            .. RawClient.Frame(0x01, [(byte)text[0]]),
            .. text.Skip(1).SelectMany(character => RawClient.Frame(0x00, [(byte)character])),
            .. RawClient.Frame(0x80, []),]);

        if (pieces == 1_000) (await raw.ReadFrameAsync()).Text.Should().Contain("PONG");
        else await ExpectCloseAsync(raw, 1008);
    }

    [Test]
    public async Task An_unmasked_frame_closes_with_1002()
    {
        using var raw = await RawClient.OpenAsync(Server);

        await raw.SendAsync(RawClient.Frame(0x81, Ping, masked: false));

        await ExpectCloseAsync(raw, 1002);
    }

    [Test]
    public async Task A_new_message_inside_another_closes_with_1002()
    {
        using var raw = await RawClient.OpenAsync(Server);

        await raw.SendAsync([.. RawClient.Frame(0x01, Ping), .. RawClient.TextFrame("""{"type":"PING"}""")]);

        await ExpectCloseAsync(raw, 1002);
    }

    [Test]
    public async Task A_ping_frame_gets_its_pong_even_between_the_frames_of_a_message()
    {
        using var raw = await RawClient.OpenAsync(Server);

        await raw.SendAsync([.. RawClient.Frame(0x01, Ping[..5]), .. RawClient.Frame(0x89, [1, 2, 3]), .. RawClient.Frame(0x8a, []), .. RawClient.Frame(0x80, Ping[5..])]);

        var pong = await raw.ReadFrameAsync();
        pong.Opcode.Should().Be(10);
        pong.Payload.Should().Equal(1, 2, 3);
        (await raw.ReadFrameAsync()).Text.Should().StartWith("""{"type":"PONG","timestamp":""");
    }

    [Test]
    public async Task A_close_is_answered_in_kind()
    {
        using var raw = await RawClient.OpenAsync(Server);

        await raw.SendAsync(RawClient.Frame(0x88, [0x03, 0xe8]));

        await ExpectCloseAsync(raw, 1000);
        (await raw.IsAtEndAsync()).Should().BeTrue();
    }

    [Test]
    public async Task What_was_asked_right_before_a_close_is_still_answered()
    {
        using var raw = await RawClient.OpenAsync(Server);

        await raw.SendAsync([.. RawClient.TextFrame("""{"type":"ROOM_INFO","roomId":"r1"}"""), .. RawClient.Frame(0x88, [0x03, 0xe8])]);

        (await raw.ReadFrameAsync()).Text.Should().Contain("NOT_FOUND");
        await ExpectCloseAsync(raw, 1000);
    }

    private static async Task ExpectCloseAsync(RawClient raw, int code)
    {
        var close = await raw.ReadFrameAsync();
        close.Opcode.Should().Be(8, "the frame is {0}", close.Text);
        close.CloseCode.Should().Be(code);
    }
}
