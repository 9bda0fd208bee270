using System.Buffers.Binary;
using System.Text;

namespace RoomWs.Server.Wire;

/// <summary>
/// The header of a text frame from the server: final, and not masked. It stands before the text in one buffer, so that a message is
/// framed once, whoever and however many get it.
/// </summary>
internal static class FrameHeader
{
    /// <summary>RFC 6455, section 5.5: a control frame holds at most 125 bytes, 2 of which are the code.</summary>
    public const int MaxCloseReasonBytes = 123;

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
    /// <param name="reason">
    /// Why. What is past <see cref="MaxCloseReasonBytes"/> bytes of UTF-8 is cut off behind a whole character: a longer frame would break the
    /// protocol, and a reason may hold a text that is not the server's own.
    /// </param>
    public static byte[] Close(ushort code, string reason)
    {
        var text = Encoding.UTF8.GetBytes(reason).AsSpan();
        text = text[..WholeCharacters(text, MaxCloseReasonBytes)];
        var frame = new byte[4 + text.Length];
        frame[0] = FinalClose;
        frame[1] = (byte)(2 + text.Length);
        BinaryPrimitives.WriteUInt16BigEndian(frame.AsSpan(2), code);
        text.CopyTo(frame.AsSpan(4));
        return frame;
    }

    /// <summary>How many of the first bytes hold whole characters.</summary>
    private static int WholeCharacters(ReadOnlySpan<byte> utf8, int maxBytes)
    {
        if (utf8.Length <= maxBytes) return utf8.Length;
        var length = maxBytes;
        // A byte 10xxxxxx goes on with the character before it.
        while ((utf8[length] & 0xC0) == 0x80) length--;
        return length;
    }

    /// <summary>The code of a close frame; a close without one is a normal end.</summary>
    public static ushort CloseCodeOf(ReadOnlySpan<byte> frame) => frame.Length < 4 ? (ushort)1000 : BinaryPrimitives.ReadUInt16BigEndian(frame[2..]);

    public static bool IsClose(ReadOnlySpan<byte> frame) => frame[0] == FinalClose;
}
