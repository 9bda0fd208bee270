using FluentAssertions;
using NUnit.Framework;
using RoomWs.Server.Transport;
using RoomWs.Tests.Support;

namespace RoomWs.Tests.Transport;

/// <summary>What is seen of the frames that come in, in whatever pieces.</summary>
internal sealed class FrameScannerTests
{
    private static readonly byte[] Stream =
    [
        .. RawClient.Frame(0x81, new byte[125]),
        .. RawClient.Frame(0x89, []),
        .. RawClient.Frame(0x01, new byte[126]),
        .. RawClient.Frame(0x8a, new byte[125]),
        .. RawClient.Frame(0x00, new byte[65_535]),
        .. RawClient.Frame(0x00, new byte[1]),
        .. RawClient.Frame(0x80, new byte[65_536]),
        .. RawClient.Frame(0x81, []),
        .. RawClient.Frame(0x89, [0x89, 0x80, 0x81, 0xff]),
    ];

    [TestCase(1)]
    [TestCase(3)]
    [TestCase(4_096)]
    [TestCase(1_000_000)]
    public void Frames_that_end_no_message_are_counted_in_whatever_pieces_they_come(int piece)
    {
        var scanner = default(FrameScanner);
        for (var at = 0; at < Stream.Length; at += piece)
        {
            var bytes = Stream.AsSpan(at, Math.Min(piece, Stream.Length - at));
            scanner.Scan(bytes).Should().Be(bytes.Length);
        }

        scanner.Fault.Should().Be(FrameFault.None);
        scanner.TakeFrames().Should().Be(6, "two pings, a pong and three pieces that were not the last came");
        scanner.TakeFrames().Should().Be(0);
        (scanner.MessagesInPieces, scanner.IsInMessage).Should().Be((1, false));
    }

    [TestCase(new byte[] { 0x81, 0xfe, 0, 0 }, 3)]
    [TestCase(new byte[] { 0x81, 0xfe, 0, 125 }, 3)]
    [TestCase(new byte[] { 0x81, 0xff, 0, 0, 0, 0, 0, 0, 0xff, 0xff }, 9)]
    [TestCase(new byte[] { 0x89, 0xfe, 0, 1 }, 3)]
    public void A_length_that_is_not_in_its_shortest_form_is_broken(byte[] header, int good)
    {
        var scanner = default(FrameScanner);
        scanner.Scan([.. header, 1, 2, 3]).Should().Be(good);
        scanner.Fault.Should().Be(FrameFault.Length);
    }

    [TestCase(0x01)]
    [TestCase(0x02)]
    [TestCase(0x00)]
    public void An_empty_piece_that_is_not_the_last_is_a_fault(int firstByte)
    {
        var scanner = default(FrameScanner);
        scanner.Scan([.. RawClient.Frame(0x01, [1]), .. RawClient.Frame(firstByte, [])]).Should().Be(7 + 1);
        scanner.Fault.Should().Be(FrameFault.EmptyPiece);
    }

    [TestCase(999, FrameFault.None)]
    [TestCase(1_000, FrameFault.TooManyPieces)]
    public void A_message_has_a_thousand_pieces_at_most(int beforeLast, FrameFault fault)
    {
        var scanner = default(FrameScanner);
        for (var message = 0; message < 2; message++)
        {
            scanner.Scan(RawClient.Frame(0x01, [1]));
            for (var i = 1; i < beforeLast; i++) scanner.Scan([.. RawClient.Frame(0x00, [1]), .. RawClient.Frame(0x89, [])]);
            scanner.Scan(RawClient.Frame(0x80, []));
            if (scanner.Fault == FrameFault.None) scanner.IsInMessage.Should().BeFalse();
        }

        scanner.Fault.Should().Be(fault);
    }
}
