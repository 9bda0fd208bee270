using System.Globalization;
using System.Text;

namespace RoomWs.Server.Sessions;

/// <summary>
/// Text that a client chose, for a line of the log: between quotes, with all escaped that could end the quotes or the line, turn what stands
/// behind it, or be there unseen. Written as a string of JSON is, so that it can be read back.
/// </summary>
internal static class LogText
{
    /// <summary>Quotes the text. Null stays null: there was none.</summary>
    public static string? Quote(string? text)
    {
        if (text is null) return null;

        var quoted = new StringBuilder(text.Length + 2).Append('"');
        foreach (var rune in text.EnumerateRunes())
        {
            // A lone surrogate is not a character, and is read as U+FFFD.
            if (rune.Value is '"' or '\\') quoted.Append('\\').Append((char)rune.Value);
            else if (IsPlain(rune)) quoted.Append(rune.ToString());
            else Escape(rune, quoted);
        }

        return quoted.Append('"').ToString();
    }

    // Format are the bidirectional controls, joiners and other characters of no width.
    private static bool IsPlain(Rune rune) => rune.Value == ' ' || Rune.GetUnicodeCategory(rune) is not
        (UnicodeCategory.Control or UnicodeCategory.Format or UnicodeCategory.LineSeparator or UnicodeCategory.ParagraphSeparator or UnicodeCategory.SpaceSeparator
        or UnicodeCategory.PrivateUse or UnicodeCategory.OtherNotAssigned);

    private static void Escape(Rune rune, StringBuilder quoted)
    {
        foreach (var unit in rune.ToString()) quoted.Append(CultureInfo.InvariantCulture, $"\\u{(int)unit:x4}");
    }
}
