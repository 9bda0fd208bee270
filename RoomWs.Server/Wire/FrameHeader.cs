using System.Buffers.Binary;
using System.Text;

namespace RoomWs.Server.Wire;

/// <summary>
/// Writes the headers of frames from the server, which are final and not masked. The header is in one buffer with the text, so that a message
/// is framed once for all its receivers.
/// </summary>
internal static class FrameHeader
{
    /// <summary>RFC 6455, section 5.5: a control frame holds at most 125 bytes. The code takes 2 of them.</summary>
    public const int MaxCloseReasonBytes = 123;

    /// <summary>A ping without a payload.</summary>
    public static readonly byte[] Ping = [0x89, 0];

    private const byte FinalText = 0x81;
    private const byte FinalClose = 0x88;

    public static int LengthFor(int textBytes) => textBytes switch
    {
        < 126 => 2,
        <= ushort.MaxValue => 4,
        _ => 10,
    };

    /// <summary>Writes the header of a text frame with <paramref name="textBytes"/> bytes of text. Returns the length of the header.</summary>
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

    /// <summary>Makes a close frame.</summary>
    /// <param name="code">The close code.</param>
    /// <param name="reason">
    /// The reason. It is cut after the last whole character within <see cref="MaxCloseReasonBytes"/> bytes of UTF-8: a longer frame would break
    /// the protocol, and a reason may contain text that the server did not write.
    /// </param>
    public static byte[] Close(ushort code, string reason)
    {
        var text = Encoding.UTF8.GetBytes(reason).AsSpan();
        text = text[..LengthOfWholeCharacters(text, MaxCloseReasonBytes)];
        var frame = new byte[4 + text.Length];
        frame[0] = FinalClose;
        frame[1] = (byte)(2 + text.Length);
        BinaryPrimitives.WriteUInt16BigEndian(frame.AsSpan(2), code);
        text.CopyTo(frame.AsSpan(4));
        return frame;
    }

    /// <summary>The largest length, up to <paramref name="maxBytes"/>, that does not cut a character.</summary>
    private static int LengthOfWholeCharacters(ReadOnlySpan<byte> utf8, int maxBytes)
    {
        if (utf8.Length <= maxBytes) return utf8.Length;
        var length = maxBytes;
        // A byte 10xxxxxx continues the character before it.
        while ((utf8[length] & 0xC0) == 0x80) length--;
        return length;
    }

    /// <summary>The code of a close frame. A frame without one counts as 1000, a normal close.</summary>
    public static ushort CloseCodeOf(ReadOnlySpan<byte> frame) => frame.Length < 4 ? (ushort)1000 : BinaryPrimitives.ReadUInt16BigEndian(frame[2..]);

    public static bool IsClose(ReadOnlySpan<byte> frame) => frame[0] == FinalClose;
}
