using System.Text;
using FluentAssertions;
using NUnit.Framework;
using RoomWs.Bench.Load;
using RoomWs.Server.Wire;

namespace RoomWs.Tests.Wire;

internal sealed class FrameHeaderTests
{
    [Test]
    public void A_close_frame_has_its_code_and_reason()
    {
        FrameHeader.Close(4_009, "slow").Should().Equal(0x88, 6, 0x0f, 0xa9, (byte)'s', (byte)'l', (byte)'o', (byte)'w');
        FrameHeader.Close(1_000, "").Should().Equal(0x88, 2, 0x03, 0xe8);
    }

    [TestCase(122, 122)]
    [TestCase(123, 123)]
    [TestCase(124, 123)]
    [TestCase(5_000, 123)]
    public void A_reason_has_at_most_123_bytes(int given, int kept) => Reason(new string('x', given)).Should().Be(new string('x', kept));

    // One, two, three and four bytes of UTF-8, each so placed that the limit falls before, within and behind it.
    [TestCase("é", 122, false)]
    [TestCase("é", 121, true)]
    [TestCase("€", 122, false)]
    [TestCase("€", 121, false)]
    [TestCase("€", 120, true)]
    [TestCase("😀", 122, false)]
    [TestCase("😀", 121, false)]
    [TestCase("😀", 120, false)]
    [TestCase("😀", 119, true)]
    public void A_reason_is_cut_behind_a_whole_character(string character, int before, bool isKept)
    {
        var start = new string('x', before);

        Reason(start + character + "and so on").Should().StartWith(start + (isKept ? character : ""));
        Reason(start + character + "and so on").Should().NotContain("\uFFFD");
        if (!isKept) Reason(start + character + "and so on").Should().Be(start);
    }

    [Test]
    public void A_reason_of_large_characters_alone_is_cut_too()
    {
        Reason(string.Concat(Enumerable.Repeat("😀", 100))).Should().Be(string.Concat(Enumerable.Repeat("😀", 30)));
    }

    [TestCase(0, 2)]
    [TestCase(125, 2)]
    [TestCase(126, 4)]
    [TestCase(65_535, 4)]
    [TestCase(65_536, 10)]
    [TestCase(5_000_000, 10)]
    public void A_text_is_as_long_as_its_header_says(int textBytes, int headerBytes)
    {
        FrameHeader.LengthFor(textBytes).Should().Be(headerBytes);
        var frame = new byte[headerBytes + textBytes];
        FrameHeader.Write(frame, textBytes).Should().Be(headerBytes);

        Frame.TryRead(frame, out var read, out var length).Should().BeTrue();
        (read.Opcode, read.IsFinal, read.Payload.Length, length).Should().Be(((byte)1, true, textBytes, frame.Length));
    }

    [Test]
    public void A_close_frame_is_known_by_its_first_byte_and_its_code_is_found()
    {
        FrameHeader.IsClose(FrameHeader.Close(1_001, "bye")).Should().BeTrue();
        FrameHeader.CloseCodeOf(FrameHeader.Close(1_001, "bye")).Should().Be(1_001);
        FrameHeader.CloseCodeOf([0x88, 0]).Should().Be(1_000, "a close without a code is a normal end");
        FrameHeader.IsClose([0x8a, 0]).Should().BeFalse();
    }

    private static string Reason(string reason)
    {
        var frame = FrameHeader.Close(1_011, reason);
        frame.Length.Should().BeLessThanOrEqualTo(2 + 125, "a control frame has at most 125 bytes");
        frame[1].Should().Be((byte)(frame.Length - 2));
        return Encoding.UTF8.GetString(frame.AsSpan(4));
    }
}
