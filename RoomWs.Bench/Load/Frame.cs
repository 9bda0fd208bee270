using System.Buffers.Binary;

namespace RoomWs.Bench.Load;

/// <summary>A WebSocket frame from a server, still in the receive buffer.</summary>
internal readonly ref struct Frame
{
    public const byte Continuation = 0;
    public const byte Text = 1;
    public const byte Close = 8;
    public const byte Ping = 9;
    public const byte Pong = 10;

    private Frame(byte opcode, bool isFinal, ReadOnlySpan<byte> payload)
    {
        Opcode = opcode;
        IsFinal = isFinal;
        Payload = payload;
    }

    public byte Opcode { get; }

    /// <summary>Whether this is the last frame of its message.</summary>
    public bool IsFinal { get; }

    public ReadOnlySpan<byte> Payload { get; }

    /// <summary>The code of a close frame; 1005 if it has none.</summary>
    public int CloseCode => Payload.Length >= 2 ? BinaryPrimitives.ReadUInt16BigEndian(Payload) : 1005;

    /// <summary>Reads the frame at the start of the bytes. Returns false if it is not complete.</summary>
    public static bool TryRead(ReadOnlySpan<byte> bytes, out Frame frame, out int length)
    {
        frame = default;
        length = 0;
        if (bytes.Length < 2) return false;

        if ((bytes[1] & 0x80) != 0) throw new LoadException("The server sends masked frames.");

        ulong payload = (uint)(bytes[1] & 0x7f);
        var header = payload switch { 126 => 4, 127 => 10, _ => 2 };
        if (bytes.Length < header) return false;
        if (header == 4) payload = BinaryPrimitives.ReadUInt16BigEndian(bytes[2..]);
        else if (header == 10) payload = BinaryPrimitives.ReadUInt64BigEndian(bytes[2..]);
        if ((ulong)(bytes.Length - header) < payload) return false;

        frame = new Frame((byte)(bytes[0] & 0x0f), (bytes[0] & 0x80) != 0, bytes.Slice(header, (int)payload));
        length = header + (int)payload;
        return true;
    }

    /// <summary>
    /// Creates a frame from a client. Its mask is zero, which is valid and changes nothing: so the generator does not have to mask, and the
    /// servers do not treat it differently.
    /// </summary>
    public static byte[] FromClient(byte opcode, ReadOnlySpan<byte> payload)
    {
        var header = payload.Length switch { < 126 => 2, <= ushort.MaxValue => 4, _ => 10 };
        var frame = new byte[header + 4 + payload.Length];
        frame[0] = (byte)(0x80 | opcode);
        frame[1] = (byte)(0x80 | header switch { 2 => payload.Length, 4 => 126, _ => 127 });
        if (header == 4) BinaryPrimitives.WriteUInt16BigEndian(frame.AsSpan(2), (ushort)payload.Length);
        else if (header == 10) BinaryPrimitives.WriteUInt64BigEndian(frame.AsSpan(2), (ulong)payload.Length);
        payload.CopyTo(frame.AsSpan(header + 4));
        return frame;
    }
}
