using System.Text;
using FluentAssertions;
using NUnit.Framework;
using RoomWs.Bench.Load;

namespace RoomWs.Tests.Bench;

internal sealed class FrameTests
{
    [Test]
    public void Frames_of_all_three_lengths_are_read_and_what_follows_them_is_left([Values(0, 125, 126, 65_535, 65_536)] int length)
    {
        byte[] bytes = [.. FromServer(Frame.Text, new byte[length]), 0x81];

        Frame.TryRead(bytes, out var frame, out var read).Should().BeTrue();

        frame.Opcode.Should().Be(Frame.Text);
        frame.Payload.Length.Should().Be(length);
        read.Should().Be(bytes.Length - 1);
    }

    [Test]
    public void A_frame_is_only_read_when_all_of_it_is_there([Values(3, 200, 70_000)] int length)
    {
        var bytes = FromServer(Frame.Text, new byte[length]);
        foreach (var there in new[] { 0, 1, 2, 3, bytes.Length / 2, bytes.Length - 1 })
            Frame.TryRead(bytes.AsSpan(0, there), out _, out _).Should().BeFalse($"only {there} bytes are there");
    }

    [Test]
    public void A_close_frame_has_its_code()
    {
        Frame.TryRead(FromServer(Frame.Close, [0x0f, 0xa9, (byte)'x']), out var frame, out _).Should().BeTrue();
        frame.CloseCode.Should().Be(4009);
    }

    [Test]
    public void A_message_in_several_frames_is_put_together_and_the_next_is_its_own()
    {
        var fragments = new Fragments();
        Frame.TryRead([0x01, 0x02, (byte)'a', (byte)'b'], out var first, out _);
        Frame.TryRead([0x80, 0x01, (byte)'c'], out var last, out _);
        Frame.TryRead([0x81, 0x01, (byte)'d'], out var next, out _);

        fragments.TryComplete(first, out _).Should().BeFalse();
        fragments.TryComplete(last, out var message).Should().BeTrue();
        Encoding.UTF8.GetString(message).Should().Be("abc");
        fragments.TryComplete(next, out message).Should().BeTrue();
        Encoding.UTF8.GetString(message).Should().Be("d");
    }

    [Test]
    public void The_number_of_a_message_comes_back_once_for_each_record_of_a_frame()
    {
        var message = new NumberedMessage($"{{\"id\":\"{NumberedMessage.Placeholder}\",\"content\":\"{NumberedMessage.Placeholder}\"}}");
        var echo = message.WithNumber(12_345_678);

        NumberedMessage.TryTakeNumber(ref echo, out var first).Should().BeTrue();
        NumberedMessage.TryTakeNumber(ref echo, out var second).Should().BeTrue();
        NumberedMessage.TryTakeNumber(ref echo, out _).Should().BeFalse();

        (first, second).Should().Be((12_345_678, 12_345_678));
        Encoding.UTF8.GetString(message.WithNumber(7)).Should().EndWith("{\"id\":\"#00000007\",\"content\":\"#00000007\"}");
    }

    // What a client sends, without the mask.
    private static byte[] FromServer(byte opcode, byte[] payload)
    {
        var masked = Frame.FromClient(opcode, payload);
        var header = masked.Length - payload.Length - 4;
        masked[1] &= 0x7f;
        return [.. masked[..header], .. payload];
    }
}
