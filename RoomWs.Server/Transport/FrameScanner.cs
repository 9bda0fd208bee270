namespace RoomWs.Server.Transport;

/// <summary>
/// Follows the frames in the bytes that come in, because the framework's WebSocket tells neither of control frames nor of how a length was written.
/// Looks at the headers alone, and keeps no bytes. Read loop only.
/// </summary>
internal struct FrameScanner
{
    private const int Continuation = 0;
    private const int Ping = 9;
    private const int Pong = 10;

    /// <summary>Longer payloads have their length in 2 bytes, and those over 65,535 in 8.</summary>
    private const int MaxShortPayload = 125;

    /// <summary>What is still to come of the frame's mask and payload.</summary>
    private long _rest;

    /// <summary>The bytes of the next header that came already: the first two, and those of the length behind them.</summary>
    private int _headerBytes;
    private byte _first;
    private byte _second;
    private ulong _length;
    private int _light;

    /// <summary>Whether a length came that was not in its shortest form. RFC 6455, section 5.2, does not allow it.</summary>
    public bool IsBroken { get; private set; }

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

    /// <summary>
    /// The light frames since the last call: pings, pongs, and pieces of a message of up to 125 bytes. They cost as much as a small request, and no
    /// message ends with them, so that the rate of requests would not see them.
    /// </summary>
    public int TakeLight()
    {
        var light = _light;
        _light = 0;
        return light;
    }

    /// <summary>Follows the next bytes. Returns how many of them are good: all, or those before the end of a broken header.</summary>
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
                IsBroken = !IsShortest;
                if (IsBroken) return at;
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

    private void BeginPayload()
    {
        _headerBytes = 0;
        var opcode = _first & 0x0F;
        if (opcode is Ping or Pong || (opcode == Continuation && _length <= MaxShortPayload)) _light++;
        // The framework refuses a length that does not fit, and a frame without a mask.
        _rest = _length > long.MaxValue - 4 ? long.MaxValue : (long)_length + ((_second & 0x80) != 0 ? 4 : 0);
    }
}
