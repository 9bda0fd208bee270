using System.Diagnostics.CodeAnalysis;
using RoomWs.Server.Configuration;

namespace RoomWs.Server.Identity;

/// <summary>What may stand in an identity, wherever it came from.</summary>
internal static class ProfileRules
{
    public const int UserIdLength = 128;

    public static bool IsUserId([NotNullWhen(true)] string? text) => text is { Length: > 0 and <= UserIdLength } && !text.Any(char.IsControl);

    public static bool IsUsername([NotNullWhen(true)] string? text, LimitOptions limits) =>
        !string.IsNullOrWhiteSpace(text) && text.Length <= limits.NameLength && !text.Any(char.IsControl);

    public static bool IsThumbnailUrl([NotNullWhen(true)] string? text, LimitOptions limits) =>
        text is { Length: > 0 }
        && text.Length <= limits.ThumbnailUrlLength
        && IsHttpUrl(text);

    // The parser trims white space and drops line ends, but what is stored and sent to others is the text as it came.
    public static bool IsHttpUrl(string text) =>
        !text.Any(static c => char.IsWhiteSpace(c) || char.IsControl(c))
        && Uri.TryCreate(text, UriKind.Absolute, out var url)
        && (url.Scheme == Uri.UriSchemeHttp || url.Scheme == Uri.UriSchemeHttps);
}
