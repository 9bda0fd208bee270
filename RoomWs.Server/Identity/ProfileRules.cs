using System.Diagnostics.CodeAnalysis;
using RoomWs.Server.Configuration;

namespace RoomWs.Server.Identity;

/// <summary>The rules for user ids, names and pictures, wherever they come from: a token, the upgrade, HELLO, a request, the command line.</summary>
internal static class ProfileRules
{
    public const int UserIdLength = 128;

    /// <summary>The rule for user ids in words, to go on with after "must be" or "must have".</summary>
    public const string UserIdRule = "1-128 characters, without control characters, line separators, bidirectional controls or zero-width characters, and without a space at its ends";

    /// <summary>What neither an id nor a name holds, in words.</summary>
    public const string NoLayout = "control characters, line separators or bidirectional controls";

    public static bool IsUserId([NotNullWhen(true)] string? text) =>
        text is { Length: > 0 and <= UserIdLength }
        && !Characters.HasLayout(text)
        && !Characters.HasInvisible(text)
        && !Characters.HasSpaceAtEnds(text);

    /// <summary>A name of a user, who cannot correct it. Where it is a request's, FieldRules says which of these rules it breaks.</summary>
    public static bool IsUsername([NotNullWhen(true)] string? text, LimitOptions limits) =>
        text is not null && !Characters.IsBlank(text) && Length(text) <= limits.NameLength && !Characters.HasLayout(text);

    public static bool IsThumbnailUrl([NotNullWhen(true)] string? text, LimitOptions limits) =>
        text is { Length: > 0 }
        && text.Length <= limits.ThumbnailUrlLength
        && IsHttpUrl(text);

    // Uri trims white space and drops line ends, but the text is stored and sent as it came. So it must not contain any.
    public static bool IsHttpUrl(string text) =>
        !text.Any(static c => char.IsWhiteSpace(c) || char.IsControl(c))
        && Uri.TryCreate(text, UriKind.Absolute, out var url)
        && (url.Scheme == Uri.UriSchemeHttp || url.Scheme == Uri.UriSchemeHttps);

    /// <summary>Counts code points, not UTF-16 units: an emoji outside the basic plane is one character, not two.</summary>
    public static int Length(string text)
    {
        var length = 0;
        foreach (var _ in text.EnumerateRunes()) length++;
        return length;
    }
}
