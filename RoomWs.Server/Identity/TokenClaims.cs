using System.Text.Json;
using RoomWs.Server.Configuration;

namespace RoomWs.Server.Identity;

/// <summary>
/// Checks the claims of a token, and reads the identity from them. A claim that cannot be read as what it must be
/// refuses the token, and never counts as absent: an end that is not understood would be no end.
/// </summary>
internal sealed class TokenClaims(LimitOptions limits, TimeProvider time)
{
    /// <summary>Maximum difference between the clocks of this server and of the token's issuer.</summary>
    public static readonly TimeSpan Skew = TimeSpan.FromSeconds(60);

    private static readonly long FirstSecond = DateTimeOffset.MinValue.ToUnixTimeSeconds();

    private static readonly long LastSecond = DateTimeOffset.MaxValue.ToUnixTimeSeconds();

    /// <summary>Reads the identity. The signature must be valid, and no claim of the wrong kind.</summary>
    public TokenResult Read(JsonElement claims)
    {
        var (expires, notBefore, now) = (Time(claims, "exp"), Time(claims, "nbf"), time.GetUtcNow());
        if (expires + Skew <= now) return TokenResult.Refused("The token has expired");
        if (notBefore - now > Skew) return TokenResult.Refused("The token is not valid yet (nbf)");

        // WrongKind has found it to be one.
        var userId = Text(claims, "sub")!;

        // An invalid name or picture is dropped, not refused: the user cannot correct it, and rooms work without it.
        var name = Text(claims, "name");
        var picture = Text(claims, "picture");
        return TokenResult.Accepted(new UserIdentity(
            userId,
            ProfileRules.IsUsername(name, limits) ? name : userId,
            ProfileRules.IsThumbnailUrl(picture, limits) ? picture : null,
            IsAdmin: claims.TryGetProperty("admin", out var admin) && admin.ValueKind == JsonValueKind.True,
            expires));
    }

    /// <summary>The claim that cannot be read as what it must be, in words. Null if there is none.</summary>
    public static string? WrongKind(JsonElement claims)
    {
        if (claims.ValueKind != JsonValueKind.Object) return "The token is malformed: its claims are no object";
        if (!ProfileRules.IsUserId(Text(claims, "sub"))) return $"The token has no usable sub: it must be a string of {ProfileRules.UserIdRule}";

        // iat decides nothing here, but an issuer that writes it in milliseconds has written exp so too.
        foreach (var name in (ReadOnlySpan<string>)["exp", "nbf", "iat"])
        {
            if (claims.TryGetProperty(name, out var claim) && !IsTime(claim))
                return $"The token's {name} must be a number of seconds since 1970, up to {LastSecond} (the end of the year 9999); milliseconds are past it";
        }

        foreach (var name in (ReadOnlySpan<string>)["admin", "service"])
        {
            if (claims.TryGetProperty(name, out var claim) && claim.ValueKind is not (JsonValueKind.True or JsonValueKind.False)) return $"The token's {name} must be true or false";
        }

        // Many issuers write null for what they do not know of a user. It grants nothing, so it may mean that there is none.
        foreach (var name in (ReadOnlySpan<string>)["name", "picture"])
        {
            if (claims.TryGetProperty(name, out var claim) && claim.ValueKind is not (JsonValueKind.String or JsonValueKind.Null)) return $"The token's {name} must be a string";
        }

        return null;
    }

    private static bool IsTime(JsonElement claim) =>
        claim.ValueKind == JsonValueKind.Number && claim.TryGetDouble(out var seconds) && seconds >= FirstSecond && seconds <= LastSecond;

    // Cut off at the end of the calendar, where adding the skew would overflow.
    private static DateTimeOffset? Time(JsonElement claims, string name) => claims.TryGetProperty(name, out var claim)
        ? DateTimeOffset.FromUnixTimeSeconds(Math.Min((long)claim.GetDouble(), LastSecond - (long)Skew.TotalSeconds))
        : null;

    private static string? Text(JsonElement claims, string name) =>
        claims.TryGetProperty(name, out var claim) && claim.ValueKind == JsonValueKind.String ? claim.GetString() : null;
}
