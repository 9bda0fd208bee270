using System.Buffers.Text;
using System.Collections.Frozen;
using System.Text.Json;
using Microsoft.IdentityModel.JsonWebTokens;
using Microsoft.IdentityModel.Tokens;
using RoomWs.Server.Configuration;

namespace RoomWs.Server.Identity;

/// <summary>Turns a JWT into an identity, or says why not. Accepts any text without throwing. May be used from any thread.</summary>
internal sealed class TokenReader
{
    // Real tokens fit into a header of a few KiB. A longer text would only cost the time to hash it.
    private const int MaxLength = 16_384;

    private readonly TokenClaims _claims;
    private readonly JsonWebTokenHandler _handler = new();
    private readonly FrozenDictionary<string, TokenValidationParameters> _byAlgorithm;
    private readonly string _algorithms;

    public TokenReader(RoomWsOptions options, TimeProvider time)
    {
        var keys = new TokenKeys(options);
        _claims = new TokenClaims(options.Limits, time);
        _algorithms = string.Join(" or ", keys.Algorithms);
        _byAlgorithm = keys.Algorithms.ToFrozenDictionary(algorithm => algorithm, algorithm => Parameters(algorithm, keys.For(algorithm), options), StringComparer.Ordinal);
    }

    public async ValueTask<TokenResult> ReadAsync(string token)
    {
        if (_byAlgorithm.Count == 0) return TokenResult.Refused("This server has no key to check tokens with; it is in development mode, where ?user= says who you are");
        if (token.Length > MaxLength) return TokenResult.Refused("The token is too long");

        try
        {
            return await CheckAsync(token);
        }
#pragma warning disable CA1031 // The package and the JSON reader throw a dozen kinds of exceptions for hostile tokens, and all mean the same.
        catch (Exception)
#pragma warning restore CA1031
        {
            return TokenResult.Refused("The token is malformed");
        }
    }

    private async Task<TokenResult> CheckAsync(string token)
    {
        if (token.Split('.') is not [var header, var payload, _]) return TokenResult.Refused("The token is malformed: a signed JWT has three parts");

        // The package reports a wrong algorithm only as a bad signature. Say it clearly, because the client's developer can correct it.
        if (!_byAlgorithm.TryGetValue(Algorithm(header), out var parameters))
            return TokenResult.Refused($"The token's algorithm is not allowed; this server takes {_algorithms}");

        var result = await _handler.ValidateTokenAsync(token, parameters);
        if (!result.IsValid) return TokenResult.Refused(Reason(result.Exception));

        using var claims = Decode(payload);
        return _claims.Read(claims.RootElement);
    }

    private static TokenValidationParameters Parameters(string algorithm, IReadOnlyList<SecurityKey> keys, RoomWsOptions options) => new()
    {
        // All keys are tried: the token's kid is the issuer's name for its key, which our settings do not have.
        IssuerSigningKeys = keys,
        ValidAlgorithms = [algorithm],
        RequireSignedTokens = true,
        ValidateIssuer = options.JwtIssuer is not null,
        ValidIssuer = options.JwtIssuer,
        ValidateAudience = options.JwtAudience is not null,
        ValidAudience = options.JwtAudience,

        // TokenClaims checks the times: the package does not use our TimeProvider, and treats a time of the wrong type as missing.
        ValidateLifetime = false,
    };

    private static string Algorithm(string header)
    {
        using var json = Decode(header);
        return json.RootElement.TryGetProperty("alg", out var algorithm) && algorithm.ValueKind == JsonValueKind.String ? algorithm.GetString()! : "";
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
