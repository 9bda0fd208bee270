using System.Text;
using System.Text.Json.Nodes;
using Microsoft.IdentityModel.JsonWebTokens;
using Microsoft.IdentityModel.Tokens;
using RoomWs.Server.Configuration;

namespace RoomWs.Server.Identity;

/// <summary>Signs tokens with the shared secret, for operators and tests; applications sign their own.</summary>
internal sealed class TokenIssuer(string secret, RoomWsOptions options)
{
    private readonly SigningCredentials _credentials = new(new SymmetricSecurityKey(Encoding.UTF8.GetBytes(secret)), SecurityAlgorithms.HmacSha256);

    /// <summary>A token that says what <paramref name="identity"/> does.</summary>
    public string Issue(UserIdentity identity)
    {
        var claims = new JsonObject { ["sub"] = identity.UserId, ["name"] = identity.Username };
        if (identity.ThumbnailUrl is { } picture) claims["picture"] = picture;
        if (identity.IsAdmin) claims["admin"] = true;
        if (identity.ExpiresAt is { } expires) claims["exp"] = expires.ToUnixTimeSeconds();
        if (options.JwtIssuer is { } issuer) claims["iss"] = issuer;
        if (options.JwtAudience is { } audience) claims["aud"] = audience;

        // The handler would otherwise add times of its own, from a clock that is not ours.
        var handler = new JsonWebTokenHandler { SetDefaultTimesOnTokenCreation = false };
        return handler.CreateToken(claims.ToJsonString(), _credentials);
    }
}
