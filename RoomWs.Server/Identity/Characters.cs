using System.Text;

namespace RoomWs.Server.Identity;

/// <summary>Characters with which a text looks like another, like nothing, or breaks what stands around it.</summary>
internal static class Characters
{
    // Unicode's Default_Ignorable_Code_Point: it takes no place on the screen. Among them are joiners, fillers and variation selectors.
    private static readonly (int First, int Last)[] Ignorable =
    [
        (0x00ad, 0x00ad), (0x034f, 0x034f), (0x061c, 0x061c), (0x115f, 0x1160), (0x17b4, 0x17b5), (0x180b, 0x180f), (0x200b, 0x200f), (0x202a, 0x202e),
        (0x2060, 0x206f), (0x3164, 0x3164), (0xfe00, 0xfe0f), (0xfeff, 0xfeff), (0xffa0, 0xffa0), (0xfff0, 0xfff8), (0x1bca0, 0x1bca3), (0x1d173, 0x1d17a),
        (0xe0000, 0xe0fff),
    ];

    // A character of its own by its kind, and empty to look at.
    private const int BlankBraille = 0x2800;

    /// <summary>Whether there is a control character, a line or paragraph separator, or a bidirectional control, which turns the text behind it.</summary>
    public static bool HasLayout(string text) => text.Any(static c => char.IsControl(c) || c is '\u2028' or '\u2029' || IsBidiControl(c));

    /// <summary>Whether there is a character of no width: the text looks the same without it.</summary>
    public static bool HasInvisible(string text)
    {
        foreach (var rune in text.EnumerateRunes())
        {
            if (IsInvisible(rune)) return true;
        }

        return false;
    }

    public static bool HasSpaceAtEnds(string text) => text.Length > 0 && (IsSpace(text[0]) || IsSpace(text[^1]));

    /// <summary>Whether there is nothing to see.</summary>
    public static bool IsBlank(string text)
    {
        foreach (var rune in text.EnumerateRunes())
        {
            if (!IsInvisible(rune) && !Rune.IsControl(rune) && !Rune.IsWhiteSpace(rune) && rune.Value != BlankBraille) return false;
        }

        return true;
    }

    private static bool IsSpace(char c) => char.IsWhiteSpace(c) || c == BlankBraille;

    // Unicode's Bidi_Control.
    private static bool IsBidiControl(char c) => c is '\u061c' or '\u200e' or '\u200f' or (>= '\u202a' and <= '\u202e') or (>= '\u2066' and <= '\u2069');

    private static bool IsInvisible(Rune rune)
    {
        foreach (var (first, last) in Ignorable)
        {
            if (rune.Value < first) return false;
            if (rune.Value <= last) return true;
        }

        return false;
    }
}
