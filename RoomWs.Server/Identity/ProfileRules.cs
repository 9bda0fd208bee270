using System.Diagnostics.CodeAnalysis;
using RoomWs.Server.Configuration;

namespace RoomWs.Server.Identity;

/// <summary>The rules for user ids, names and pictures, wherever the identity comes from.</summary>
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

    // Uri trims white space and drops line ends, but the text is stored and sent as it came. So it must not contain any.
    public static bool IsHttpUrl(string text) =>
        !text.Any(static c => char.IsWhiteSpace(c) || char.IsControl(c))
        && Uri.TryCreate(text, UriKind.Absolute, out var url)
        && (url.Scheme == Uri.UriSchemeHttp || url.Scheme == Uri.UriSchemeHttps);
}
