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

        using var head = Decode(header, out var isTwice);
        if (isTwice) return TokenResult.Refused("The token's header names a member twice");
        if (Extension(head.RootElement) is { } extension) return TokenResult.Refused($"The token's header has {extension}, and this server understands no such extension");
        // The package reports a wrong algorithm only as a bad signature. Say it clearly, because the client's developer can correct it.
        if (!_byAlgorithm.TryGetValue(Algorithm(head.RootElement), out var parameters))
            return TokenResult.Refused($"The token's algorithm is not allowed; this server takes {_algorithms}");

        // Before the package, which reports a claim of the wrong kind without its name, or takes it for none.
        using var claims = Decode(payload, out isTwice);
        if (isTwice) return TokenResult.Refused("The token names a claim twice");
        if (TokenClaims.WrongKind(claims.RootElement) is { } wrong) return TokenResult.Refused(wrong);

        var result = await _handler.ValidateTokenAsync(token, parameters);
        if (!result.IsValid) return TokenResult.Refused(Reason(result.Exception));
        return AudienceFault(claims.RootElement, parameters) is { } fault ? TokenResult.Refused(fault) : _claims.Read(claims.RootElement);
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

    private static string Algorithm(JsonElement header) =>
        header.TryGetProperty("alg", out var algorithm) && algorithm.ValueKind == JsonValueKind.String ? algorithm.GetString()! : "";

    /// <summary>
    /// The header member that changes how the token has to be read, if any. RFC 7515 wants a token refused whose <c>crit</c> is not
    /// understood, and the package leaves that to us. <c>b64</c> (RFC 7797) says what was signed.
    /// </summary>
    private static string? Extension(JsonElement header) => header.TryGetProperty("crit", out _) ? "crit" : header.TryGetProperty("b64", out _) ? "b64" : null;

    /// <summary>The package reads a number as its text, so that it would equal an issuer or audience of digits.</summary>
    private static string? AudienceFault(JsonElement claims, TokenValidationParameters parameters)
    {
        if (parameters.ValidateIssuer && claims.GetProperty("iss").ValueKind != JsonValueKind.String) return "The token's iss must be a string";
        if (!parameters.ValidateAudience) return null;

        var audience = claims.GetProperty("aud");
        var isText = audience.ValueKind == JsonValueKind.Array
            ? audience.EnumerateArray().All(item => item.ValueKind == JsonValueKind.String)
            : audience.ValueKind == JsonValueKind.String;
        return isText ? null : "The token's aud must be a string or an array of strings";
    }

    /// <summary>Reads a part of a token. Of two members of one name readers choose differently, so <paramref name="isTwice"/> must refuse the token.</summary>
    private static JsonDocument Decode(string part, out bool isTwice)
    {
        var json = Base64Url.DecodeFromChars(part);
        isTwice = false;
        try
        {
            return JsonDocument.Parse(json, new JsonDocumentOptions { AllowDuplicateProperties = false });
        }
        catch (JsonException)
        {
            // Either no JSON, which throws again, or the second member.
            var document = JsonDocument.Parse(json);
            isTwice = true;
            return document;
        }
    }

    private static string Reason(Exception exception) => exception switch
    {
        SecurityTokenInvalidIssuerException => "The token's issuer (iss) is not the one this server takes",
        SecurityTokenInvalidAudienceException => "The token is for another audience (aud)",
        SecurityTokenInvalidSignatureException or SecurityTokenSignatureKeyNotFoundException => "The token's signature is wrong",
        _ => "The token is malformed",
    };
}
