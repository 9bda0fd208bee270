using System.Text;
using RoomWs.Server.Configuration;
using RoomWs.Server.Identity;

namespace RoomWs.Server.Hosting.Settings;

/// <summary>Checks the settings that decide whom the server trusts: the keys of tokens, the cookie, and the origins.</summary>
internal static class IdentityRules
{
    /// <summary>RFC 7518 requires an HS256 key to be at least as long as the hash. A shorter one could be guessed from a single token.</summary>
    public const int SecretBytes = 32;

    public static IEnumerable<SettingProblem> Check(RoomWsOptions options) =>
        [.. KeySource(options), .. Secret(nameof(options.JwtSecret), options.JwtSecret), .. Secret(nameof(options.JwtPreviousSecret), options.JwtPreviousSecret), .. PublicKey(options), .. Cookie(options), .. Origins(options)];

    private static IEnumerable<SettingProblem> KeySource(RoomWsOptions options)
    {
        if (!options.Dev && options.JwtSecret is null && options.JwtPublicKeyFile is null)
        {
            yield return new SettingProblem(
                "There is no key to check tokens with: set ROOMWS_JwtSecret to a secret of 32 bytes or more (openssl rand -base64 32 makes one), or JwtPublicKeyFile to the PEM file of a public key; to try the server out without tokens, start it with --dev",
                nameof(options.Dev),
                nameof(options.JwtSecret),
                nameof(options.JwtPublicKeyFile));
        }

        if (options.JwtSecret is null && options.JwtPreviousSecret is not null)
        {
            yield return new SettingProblem(
                "JwtPreviousSecret is set without JwtSecret; the one that tokens are signed with now is JwtSecret, and the one before it JwtPreviousSecret",
                nameof(options.JwtSecret),
                nameof(options.JwtPreviousSecret));
        }
    }

    private static IEnumerable<SettingProblem> Secret(string setting, string? secret)
    {
        if (secret is null || Encoding.UTF8.GetByteCount(secret) is var bytes && bytes >= SecretBytes) yield break;

        yield return new SettingProblem(
            FormattableString.Invariant($"{setting} has {bytes} bytes; it must have {SecretBytes} or more, such as openssl rand -base64 32 makes"),
            setting);
    }

    private static IEnumerable<SettingProblem> PublicKey(RoomWsOptions options)
    {
        if (options.JwtPublicKeyFile is not { } file) yield break;

        if (PublicKeyFile.Read(file).Fault is { } fault)
            yield return new SettingProblem($"JwtPublicKeyFile \"{file}\" {fault}", nameof(options.JwtPublicKeyFile));
    }

    private static IEnumerable<SettingProblem> Cookie(RoomWsOptions options)
    {
        if (options.Cookie is not { } cookie) yield break;

        if (!cookie.All(c => char.IsAsciiLetterOrDigit(c) || "!#$%&'*+-.^_`|~".Contains(c, StringComparison.Ordinal)))
            yield return new SettingProblem($"Cookie is \"{cookie}\"; it must be the name of a cookie, without spaces, = or ;", nameof(options.Cookie));

        if (options.AllowedOrigins.Length == 0)
        {
            yield return new SettingProblem(
                "Cookie is set without AllowedOrigins: any web page could then connect as its visitor, for browsers send cookies along; list your own origins in AllowedOrigins",
                nameof(options.Cookie),
                nameof(options.AllowedOrigins));
        }
    }

    private static IEnumerable<SettingProblem> Origins(RoomWsOptions options) => options.AllowedOrigins
        .Select(origin => (Text: origin, Fault: OriginFault(origin)))
        .Where(origin => origin.Fault is not null)
        .Select(origin => new SettingProblem($"AllowedOrigins has \"{origin.Text}\"; {origin.Fault}", nameof(options.AllowedOrigins)));

    private static string? OriginFault(string origin)
    {
        if (origin == "*") return "leave AllowedOrigins empty to allow any origin";
        if (origin.Contains('*', StringComparison.Ordinal)) return "there are no wildcards; list each origin";
        if (!Uri.TryCreate(origin, UriKind.Absolute, out var uri) || uri.Host.Length == 0)
            return "an origin is written scheme://host or scheme://host:port";

        // Browsers send no path, no trailing slash, and no port if it is the scheme's default.
        var expected = $"{uri.Scheme}://{uri.Authority}";
        return string.Equals(expected, origin, StringComparison.OrdinalIgnoreCase) ? null : $"browsers send this origin as {expected}";
    }
}
