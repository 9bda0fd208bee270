using System.Text;
using System.Text.Json.Nodes;
using Microsoft.IdentityModel.JsonWebTokens;
using Microsoft.IdentityModel.Tokens;
using RoomWs.Server.Configuration;

namespace RoomWs.Server.Identity;

/// <summary>Signs tokens with the shared secret, for operators and tests. Applications sign their own.</summary>
internal sealed class TokenIssuer(string secret, RoomWsOptions options)
{
    private readonly SigningCredentials _credentials = new(new SymmetricSecurityKey(Encoding.UTF8.GetBytes(secret)), SecurityAlgorithms.HmacSha256);

    /// <summary>Creates a token with the claims of <paramref name="identity"/>.</summary>
    public string Issue(UserIdentity identity)
    {
        var claims = new JsonObject { ["sub"] = identity.UserId, ["name"] = identity.Username };
        if (identity.ThumbnailUrl is { } picture) claims["picture"] = picture;
        if (identity.IsAdmin) claims["admin"] = true;
        if (identity.ExpiresAt is { } expires) claims["exp"] = expires.ToUnixTimeSeconds();
        if (options.JwtIssuer is { } issuer) claims["iss"] = issuer;
        if (options.JwtAudience is { } audience) claims["aud"] = audience;

        // Otherwise the handler adds times from the system clock, not from our TimeProvider.
        var handler = new JsonWebTokenHandler { SetDefaultTimesOnTokenCreation = false };
        return handler.CreateToken(claims.ToJsonString(), _credentials);
    }
}
