using System.Runtime.InteropServices;

namespace RoomWs.Server.Transport;

/// <summary>
/// Follows the frames in the bytes that come in, because the framework's WebSocket tells neither of control frames nor of how a length was written.
/// Looks at the headers alone, and keeps no bytes. Read loop only.
/// </summary>
[StructLayout(LayoutKind.Auto)]
internal struct FrameScanner
{
    private const int Final = 0x80;
    private const int FirstControlOpcode = 8;

    /// <summary>The pieces that a message can come in. The largest message in the smallest frames that any library makes has fewer.</summary>
    private const int MaxPieces = 1_000;

    /// <summary>Longer payloads have their length in 2 bytes, and those over 65,535 in 8.</summary>
    private const int MaxShortPayload = 125;

    /// <summary>What is still to come of the frame's mask and payload.</summary>
    private long _rest;

    /// <summary>The bytes of the next header that came already: the first two, and those of the length behind them.</summary>
    private int _headerBytes;
    private byte _first;
    private byte _second;
    private ulong _length;
    private int _frames;

    /// <summary>The pieces of the message that has begun and not ended. 0 between messages.</summary>
    private int _pieces;

    /// <summary>What is wrong with the frames. The frame with the fault, and what comes after it, must not be read.</summary>
    public FrameFault Fault { get; private set; }

    /// <summary>The number of messages that have begun with a frame that did not end them.</summary>
    public int MessagesInPieces { get; private set; }

    /// <summary>Whether a message has begun and not ended.</summary>
    public readonly bool IsInMessage => _pieces > 0;

    private readonly int HeaderLength => (_second & 0x7F) switch
    {
        126 => 4,
        127 => 10,
        _ => 2,
    };

    private readonly bool IsShortest => HeaderLength switch
    {
        4 => _length > MaxShortPayload,
        10 => _length > ushort.MaxValue,
        _ => true,
    };

    private readonly bool IsControl => (_first & 0x0F) >= FirstControlOpcode;

    private readonly bool IsFinal => (_first & Final) != 0;

    /// <summary>
    /// The frames since the last call that end no message: pings, pongs, and pieces before the last. The server has work with them, and the rate of requests
    /// would not see them. A frame that ends a message is seen as that message.
    /// </summary>
    public int TakeFrames()
    {
        var frames = _frames;
        _frames = 0;
        return frames;
    }

    /// <summary>Follows the next bytes. Returns how many of them are good: all, or those before the end of the header with the fault.</summary>
    public int Scan(ReadOnlySpan<byte> bytes)
    {
        var at = 0;
        while (at < bytes.Length)
        {
            if (_rest > 0)
            {
                var passed = (int)Math.Min(_rest, bytes.Length - at);
                _rest -= passed;
                at += passed;
            }
            else if (AddToHeader(bytes[at]))
            {
                Fault = Judge();
                if (Fault != FrameFault.None) return at;
                at++;
                BeginPayload();
            }
            else
            {
                at++;
            }
        }

        return at;
    }

    /// <summary>Returns whether the header is complete, but for its mask.</summary>
    private bool AddToHeader(byte next)
    {
        switch (_headerBytes++)
        {
            case 0:
                _first = next;
                return false;
            case 1:
                _second = next;
                _length = HeaderLength == 2 ? (ulong)(next & 0x7F) : 0;
                break;
            default:
                _length = (_length << 8) | next;
                break;
        }

        return _headerBytes == HeaderLength;
    }

    private readonly FrameFault Judge()
    {
        if (!IsShortest) return FrameFault.Length;
        if (IsControl) return FrameFault.None;
        if (_length == 0 && !IsFinal) return FrameFault.EmptyPiece;
        return _pieces == MaxPieces ? FrameFault.TooManyPieces : FrameFault.None;
    }

    private void BeginPayload()
    {
        _headerBytes = 0;
        if (IsControl || !IsFinal) _frames++;
        if (!IsControl) CountPiece();
        // The framework refuses a length that does not fit, and a frame without a mask.
        _rest = _length > long.MaxValue - 4 ? long.MaxValue : (long)_length + ((_second & 0x80) != 0 ? 4 : 0);
    }

    private void CountPiece()
    {
        if (_pieces == 0 && !IsFinal) MessagesInPieces++;
        _pieces = IsFinal ? 0 : _pieces + 1;
    }
}
