using System.Text.Json;
using RoomWs.Server.Configuration;

namespace RoomWs.Server.Identity;

/// <summary>The claims of a token whose signature holds.</summary>
internal sealed class TokenClaims(LimitOptions limits, TimeProvider time)
{
    /// <summary>How far the clocks of this server and of the token's issuer may be apart.</summary>
    public static readonly TimeSpan Skew = TimeSpan.FromSeconds(60);

    private static readonly double LastSecond = DateTimeOffset.MaxValue.ToUnixTimeSeconds() - Skew.TotalSeconds;

    public TokenResult Read(JsonElement claims)
    {
        if (claims.ValueKind != JsonValueKind.Object) return TokenResult.Refused("The token is malformed: its claims are no object");
        if (!TryGetTime(claims, "exp", out var expires)) return TokenResult.Refused("The token's exp must be a number of seconds");
        if (!TryGetTime(claims, "nbf", out var notBefore)) return TokenResult.Refused("The token's nbf must be a number of seconds");

        var now = time.GetUtcNow();
        if (expires + Skew <= now) return TokenResult.Refused("The token has expired");
        if (notBefore - Skew > now) return TokenResult.Refused("The token is not valid yet (nbf)");

        var userId = Text(claims, "sub");
        if (!ProfileRules.IsUserId(userId))
            return TokenResult.Refused($"The token has no usable sub: it must be a string of 1-{ProfileRules.UserIdLength} characters without control characters");

        // A name or a picture that breaks a rule is not worth a refusal: the user cannot mend it, and rooms work without.
        var name = Text(claims, "name");
        var picture = Text(claims, "picture");
        return TokenResult.Accepted(new UserIdentity(
            userId,
            ProfileRules.IsUsername(name, limits) ? name : userId,
            ProfileRules.IsThumbnailUrl(picture, limits) ? picture : null,
            IsAdmin: claims.TryGetProperty("admin", out var admin) && admin.ValueKind == JsonValueKind.True,
            expires));
    }

    // Past the end of the calendar means never, and must not overflow when the skew is added.
    private static bool TryGetTime(JsonElement claims, string name, out DateTimeOffset? at)
    {
        at = null;
        if (!claims.TryGetProperty(name, out var claim)) return true;
        if (claim.ValueKind != JsonValueKind.Number || !claim.TryGetDouble(out var seconds)) return false;

        if (seconds < LastSecond) at = DateTimeOffset.FromUnixTimeSeconds((long)Math.Max(seconds, 0));
        return true;
    }

    private static string? Text(JsonElement claims, string name) =>
        claims.TryGetProperty(name, out var claim) && claim.ValueKind == JsonValueKind.String ? claim.GetString() : null;
}
