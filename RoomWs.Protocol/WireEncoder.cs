using System.Buffers;
using System.Globalization;
using System.Text.Encodings.Web;

namespace RoomWs.Protocol;

/// <summary>
/// Escapes what JSON requires, which is quotes, backslashes and control characters, and nothing else. The framework's encoders make 12 bytes of each
/// character beyond U+FFFF, however they are set, where UTF-8 needs 4. Half of such a character, which UTF-8 cannot hold, becomes U+FFFD.
/// </summary>
internal sealed unsafe class WireEncoder : JavaScriptEncoder
{
    private const char Replacement = '\uFFFD';

    private static readonly SearchValues<char> Required = SearchValues.Create([.. "\"\\", .. Enumerable.Range(0, 0x20).Select(code => (char)code)]);

    /// <summary>An escape such as \u0001.</summary>
    public override int MaxOutputCharactersPerInputCharacter => 6;

    public override bool WillEncode(int unicodeScalar) => unicodeScalar is < 0x20 or '"' or '\\';

    public override int FindFirstCharacterToEncode(char* text, int textLength) => First(new ReadOnlySpan<char>(text, textLength));

    public override bool TryEncodeUnicodeScalar(int unicodeScalar, char* buffer, int bufferLength, out int numberOfCharactersWritten) =>
        TryEscape((char)unicodeScalar, new Span<char>(buffer, bufferLength), out numberOfCharactersWritten);

    /// <summary>Copies what needs no escape in long pieces; the base class goes character by character.</summary>
    public override OperationStatus Encode(ReadOnlySpan<char> source, Span<char> destination, out int charsConsumed, out int charsWritten, bool isFinalBlock = true)
    {
        (charsConsumed, charsWritten) = (0, 0);
        while (charsConsumed < source.Length)
        {
            var rest = source[charsConsumed..];
            var first = First(rest);
            var plain = first < 0 ? rest : rest[..first];
            if (!plain.TryCopyTo(destination[charsWritten..])) return OperationStatus.DestinationTooSmall;
            charsConsumed += plain.Length;
            charsWritten += plain.Length;
            if (first < 0) break;

            // The other half may be in the next block.
            if (!isFinalBlock && first == rest.Length - 1 && char.IsHighSurrogate(rest[first])) return OperationStatus.NeedMoreData;
            if (!TryEscape(rest[first], destination[charsWritten..], out var escaped)) return OperationStatus.DestinationTooSmall;
            charsConsumed++;
            charsWritten += escaped;
        }

        return OperationStatus.Done;
    }

    /// <summary>Where the first character is that cannot be as it is; -1 if there is none.</summary>
    private static int First(ReadOnlySpan<char> text)
    {
        var required = text.IndexOfAny(Required);
        var half = FirstHalf(required < 0 ? text : text[..required]);
        return half < 0 ? required : half;
    }

    /// <summary>Where the first surrogate is that has no other half.</summary>
    private static int FirstHalf(ReadOnlySpan<char> text)
    {
        var at = 0;
        while (text[at..].IndexOfAnyInRange('\uD800', '\uDFFF') is >= 0 and var next)
        {
            at += next;
            if (at + 1 == text.Length || !char.IsSurrogatePair(text[at], text[at + 1])) return at;
            at += 2;
        }

        return -1;
    }

    private static bool TryEscape(char character, Span<char> destination, out int written)
    {
        char? letter = character switch
        {
            '"' or '\\' => character,
            '\b' => 'b',
            '\f' => 'f',
            '\n' => 'n',
            '\r' => 'r',
            '\t' => 't',
            _ => null,
        };
        if (letter is { } known) return TryWrite(['\\', known], destination, out written);
        if (char.IsSurrogate(character)) return TryWrite([Replacement], destination, out written);
        return destination.TryWrite(CultureInfo.InvariantCulture, $"\\u{(int)character:x4}", out written);
    }

    private static bool TryWrite(ReadOnlySpan<char> text, Span<char> destination, out int written)
    {
        var fits = text.TryCopyTo(destination);
        written = fits ? text.Length : 0;
        return fits;
    }
}
