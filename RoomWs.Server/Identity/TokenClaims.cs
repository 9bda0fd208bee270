using System.Text.Json;
using RoomWs.Server.Configuration;

namespace RoomWs.Server.Identity;

/// <summary>Checks the claims of a token whose signature is valid, and reads the identity from them.</summary>
internal sealed class TokenClaims(LimitOptions limits, TimeProvider time)
{
    /// <summary>Maximum difference between the clocks of this server and of the token's issuer.</summary>
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

    // A time past the last date means never, and must not overflow when the skew is added.
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
