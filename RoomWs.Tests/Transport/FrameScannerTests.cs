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
        .. RawClient.Frame(0x00, []),
        .. RawClient.Frame(0x80, new byte[65_536]),
        .. RawClient.Frame(0x81, []),
        .. RawClient.Frame(0x89, [0x89, 0x80, 0x81, 0xff]),
    ];

    [TestCase(1)]
    [TestCase(3)]
    [TestCase(4_096)]
    [TestCase(1_000_000)]
    public void Light_frames_are_counted_in_whatever_pieces_they_come(int piece)
    {
        var scanner = default(FrameScanner);
        for (var at = 0; at < Stream.Length; at += piece)
        {
            var bytes = Stream.AsSpan(at, Math.Min(piece, Stream.Length - at));
            scanner.Scan(bytes).Should().Be(bytes.Length);
        }

        scanner.IsBroken.Should().BeFalse();
        scanner.TakeLight().Should().Be(4, "two pings, a pong and an empty piece of a message came");
        scanner.TakeLight().Should().Be(0);
    }

    [TestCase(new byte[] { 0x81, 0xfe, 0, 0 }, 3)]
    [TestCase(new byte[] { 0x81, 0xfe, 0, 125 }, 3)]
    [TestCase(new byte[] { 0x81, 0xff, 0, 0, 0, 0, 0, 0, 0xff, 0xff }, 9)]
    [TestCase(new byte[] { 0x89, 0xfe, 0, 1 }, 3)]
    public void A_length_that_is_not_in_its_shortest_form_is_broken(byte[] header, int good)
    {
        var scanner = default(FrameScanner);
        scanner.Scan([.. header, 1, 2, 3]).Should().Be(good);
        scanner.IsBroken.Should().BeTrue();
    }
}
