using System.Buffers.Text;
using System.Text.Json;
using Microsoft.IdentityModel.JsonWebTokens;
using Microsoft.IdentityModel.Tokens;
using RoomWs.Server.Configuration;

namespace RoomWs.Server.Identity;

/// <summary>Turns a JWT into an identity. Takes any text without throwing; safe to call from any thread.</summary>
internal sealed class TokenReader
{
    /// <summary>How far the clocks of this server and of the token's issuer may be apart.</summary>
    public static readonly TimeSpan Skew = TimeSpan.FromSeconds(60);

    // Tokens come in headers, which are a few KiB at most everywhere; a longer one only costs the time to hash it.
    private const int MaxLength = 16_384;

    private readonly TokenKey? _key;
    private readonly TokenClaims _claims;
    private readonly JsonWebTokenHandler _handler = new();
    private readonly TokenValidationParameters _parameters;

    public TokenReader(RoomWsOptions options, TimeProvider time)
    {
        _key = TokenKey.From(options);
        _claims = new TokenClaims(options.Limits, time);
        _parameters = new TokenValidationParameters
        {
            IssuerSigningKey = _key?.Key,
            ValidAlgorithms = [_key?.Algorithm],
            RequireSignedTokens = true,
            ValidateIssuer = options.JwtIssuer is not null,
            ValidIssuer = options.JwtIssuer,
            ValidateAudience = options.JwtAudience is not null,
            ValidAudience = options.JwtAudience,

            // TokenClaims does it: the package knows no TimeProvider, and reads a time of the wrong kind as no time at all.
            ValidateLifetime = false,
        };
    }

    public TokenResult Read(string token)
    {
        if (_key is null) return TokenResult.Refused("This server has no key to check tokens with; it is in development mode, where ?user= says who you are");
        if (token.Length > MaxLength) return TokenResult.Refused("The token is too long");

        try
        {
            return Check(token, _key);
        }
#pragma warning disable CA1031 // The package and the JSON reader throw a dozen kinds of exceptions for hostile tokens, and all mean the same.
        catch (Exception)
#pragma warning restore CA1031
        {
            return TokenResult.Refused("The token is malformed");
        }
    }

    private TokenResult Check(string token, TokenKey key)
    {
        if (token.Split('.') is not [var header, var payload, _]) return TokenResult.Refused("The token is malformed: a signed JWT has three parts");

        // The package tells a wrong algorithm only as a bad signature, and this is the mistake that a client's developer can mend.
        using (var json = Decode(header))
        {
            if (!json.RootElement.TryGetProperty("alg", out var algorithm) || !algorithm.ValueEquals(key.Algorithm))
                return TokenResult.Refused($"The token's algorithm is not allowed; this server takes {key.Algorithm}");
        }

        var result = _handler.ValidateToken(token, _parameters);
        if (!result.IsValid) return TokenResult.Refused(Reason(result.Exception));

        using var claims = Decode(payload);
        return _claims.Read(claims.RootElement);
    }

    private static JsonDocument Decode(string part) => JsonDocument.Parse(Base64Url.DecodeFromChars(part));

    private static string Reason(Exception exception) => exception switch
    {
        SecurityTokenInvalidIssuerException => "The token's issuer (iss) is not the one this server takes",
        SecurityTokenInvalidAudienceException => "The token is for another audience (aud)",
        SecurityTokenInvalidSignatureException or SecurityTokenSignatureKeyNotFoundException => "The token's signature is wrong",
        _ => "The token is malformed",
    };
}
