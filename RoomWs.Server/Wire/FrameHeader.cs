using System.Buffers.Binary;

namespace RoomWs.Server.Wire;

/// <summary>
/// The header of a text frame from the server: final, and not masked. It stands before the text in one buffer, so that a message is
/// framed once, whoever and however many get it.
/// </summary>
internal static class FrameHeader
{
    private const byte FinalText = 0x81;
    private const byte FinalClose = 0x88;

    public static int LengthFor(int textBytes) => textBytes switch
    {
        < 126 => 2,
        <= ushort.MaxValue => 4,
        _ => 10,
    };

    /// <summary>Writes the header of a text of so many bytes; returns its own length.</summary>
    public static int Write(Span<byte> frame, int textBytes)
    {
        frame[0] = FinalText;
        switch (LengthFor(textBytes))
        {
            case 2:
                frame[1] = (byte)textBytes;
                return 2;
            case 4:
                frame[1] = 126;
                BinaryPrimitives.WriteUInt16BigEndian(frame[2..], (ushort)textBytes);
                return 4;
            default:
                frame[1] = 127;
                BinaryPrimitives.WriteUInt64BigEndian(frame[2..], (ulong)textBytes);
                return 10;
        }
    }

    /// <summary>A close frame.</summary>
    /// <param name="code">Its code.</param>
    /// <param name="reason">At most 123 ASCII characters: a control frame holds no more.</param>
    public static byte[] Close(ushort code, string reason)
    {
        var frame = new byte[4 + reason.Length];
        frame[0] = FinalClose;
        frame[1] = (byte)(2 + reason.Length);
        BinaryPrimitives.WriteUInt16BigEndian(frame.AsSpan(2), code);
        System.Text.Encoding.ASCII.GetBytes(reason, frame.AsSpan(4));
        return frame;
    }

    /// <summary>The code of a close frame; a close without one is a normal end.</summary>
    public static ushort CloseCodeOf(ReadOnlySpan<byte> frame) => frame.Length < 4 ? (ushort)1000 : BinaryPrimitives.ReadUInt16BigEndian(frame[2..]);

    public static bool IsClose(ReadOnlySpan<byte> frame) => frame[0] == FinalClose;
}
