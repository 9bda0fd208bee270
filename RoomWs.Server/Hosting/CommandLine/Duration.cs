using System.Globalization;

namespace RoomWs.Server.Hosting.CommandLine;

/// <summary>Parses a time span as people write it: 30s, 15m, 1h, 7d.</summary>
internal static class Duration
{
    public const string Allowed = "a whole number from 1 to 999,999 with s, m, h or d, such as 30s, 15m, 1h or 7d";

    private const int MaxDigits = 6;

    /// <summary>Returns null if the text is not a time span, or is zero.</summary>
    public static TimeSpan? Parse(string text)
    {
        if (text.Length is < 2 or > MaxDigits + 1) return null;
        if (!int.TryParse(text.AsSpan(0, text.Length - 1), NumberStyles.None, CultureInfo.InvariantCulture, out var count) || count == 0) return null;

        return text[^1] switch
        {
            's' => TimeSpan.FromSeconds(count),
            'm' => TimeSpan.FromMinutes(count),
            'h' => TimeSpan.FromHours(count),
            'd' => TimeSpan.FromDays(count),
            _ => null,
        };
    }
}
