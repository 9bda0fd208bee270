using System.Text;

namespace RoomWs.Bench.Load;

/// <summary>
/// A message that is sent many times, each time with a new number, which the server sends back. The frame is created once; each send only
/// writes the digits.
/// </summary>
internal sealed class NumberedMessage
{
    /// <summary>The placeholder for the number in the message's text. The text must have no other number sign.</summary>
    public const string Placeholder = "#00000000";

    private const int Digits = 8;

    private readonly byte[] _frame;
    private readonly List<int> _places = [];

    public NumberedMessage(string text)
    {
        _frame = Frame.FromClient(Frame.Text, Encoding.UTF8.GetBytes(text));
        for (var at = _frame.AsSpan().IndexOf((byte)'#'); at >= 0;)
        {
            _places.Add(at + 1);
            var next = _frame.AsSpan(at + 1).IndexOf((byte)'#');
            at = next < 0 ? -1 : at + 1 + next;
        }
    }

    /// <summary>Returns the frame with this number. It is valid until the next call.</summary>
    public ReadOnlySpan<byte> WithNumber(int number)
    {
        foreach (var place in _places)
        {
            var rest = number;
            for (var at = place + Digits - 1; at >= place; at--)
            {
                _frame[at] = (byte)('0' + (rest % 10));
                rest /= 10;
            }
        }

        return _frame;
    }

    /// <summary>Reads the next number in a server's message and cuts the payload after it. Returns false if there is none.</summary>
    public static bool TryTakeNumber(ref ReadOnlySpan<byte> payload, out int number)
    {
        number = 0;
        var at = payload.IndexOf((byte)'#');
        if (at < 0 || payload.Length < at + 1 + Digits) return false;
        foreach (var digit in payload.Slice(at + 1, Digits)) number = (number * 10) + (digit - '0');
        payload = payload[(at + 1 + Digits)..];
        return true;
    }
}
