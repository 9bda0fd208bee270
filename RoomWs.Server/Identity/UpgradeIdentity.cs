using Microsoft.AspNetCore.WebUtilities;
using Microsoft.Extensions.Primitives;
using RoomWs.Server.Configuration;

namespace RoomWs.Server.Identity;

/// <summary>The parts of an upgrade request that can carry an identity.</summary>
/// <param name="Authorization">The Authorization header.</param>
/// <param name="QueryString">The query string, with or without its question mark; may be empty.</param>
/// <param name="Subprotocols">The subprotocols that the client offers.</param>
/// <param name="CookieHeader">The Cookie header.</param>
internal sealed record UpgradeCredentials(string? Authorization, string QueryString, IReadOnlyList<string> Subprotocols, string? CookieHeader);

/// <summary>Finds the client's identity in its upgrade request. Accepts any request without throwing. May be used from any thread.</summary>
internal sealed class UpgradeIdentity(RoomWsOptions options, TokenReader tokens)
{
    /// <summary>Browsers cannot set headers on a WebSocket, but they can offer a subprotocol: <c>roomws.v1, bearer.&lt;jwt&gt;</c>.</summary>
    public const string SubprotocolPrefix = "bearer.";

    private const string Scheme = "Bearer ";

    /// <summary>Reads the first credential that is there, even if it is invalid and a later one is valid. Returns null if there is none.</summary>
    public async ValueTask<TokenResult?> FindAsync(UpgradeCredentials credentials)
    {
        var query = QueryHelpers.ParseQuery(credentials.QueryString);
        var token = FromAuthorization(credentials.Authorization)
            ?? NullIfEmpty(Value(query, "token"))
            ?? FromSubprotocols(credentials.Subprotocols)
            ?? FromCookie(credentials.CookieHeader);
        if (token is not null) return await tokens.ReadAsync(token);

        return options.Dev && query.ContainsKey("user")
            ? DevelopmentIdentity.Read(Value(query, "user"), Value(query, "name"), options.Limits)
            : null;
    }

    // Other schemes are ignored: they may be meant for a proxy.
    private static string? FromAuthorization(string? header) =>
        header is not null && header.StartsWith(Scheme, StringComparison.OrdinalIgnoreCase) ? NullIfEmpty(header[Scheme.Length..].Trim()) : null;

    private static string? FromSubprotocols(IReadOnlyList<string> subprotocols) =>
        subprotocols.FirstOrDefault(offered => offered.StartsWith(SubprotocolPrefix, StringComparison.Ordinal)) is { } found
            ? NullIfEmpty(found[SubprotocolPrefix.Length..])
            : null;

    // As RFC 6265 wants a server to read it: cut at semicolons alone, whatever the values of other cookies hold. The first of a name is the most specific.
    private string? FromCookie(string? header)
    {
        if (options.Cookie is null || header is null) return null;

        foreach (var cookie in header.Split(';'))
        {
            var equals = cookie.IndexOf('=', StringComparison.Ordinal);
            if (equals >= 0 && cookie.AsSpan(0, equals).Trim().SequenceEqual(options.Cookie)) return NullIfEmpty(Unquote(cookie[(equals + 1)..].Trim()));
        }

        return null;
    }

    private static string Unquote(string value) => value is ['"', .. var inner, '"'] ? inner : value;

    private static string? Value(Dictionary<string, StringValues> query, string name) =>
        query.TryGetValue(name, out var values) ? values[0] : null;

    private static string? NullIfEmpty(string? text) => string.IsNullOrEmpty(text) ? null : text;
}
