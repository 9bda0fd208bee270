using Microsoft.AspNetCore.WebUtilities;
using Microsoft.Extensions.Primitives;
using Microsoft.Net.Http.Headers;
using RoomWs.Server.Configuration;

namespace RoomWs.Server.Identity;

/// <summary>The parts of an upgrade request that can carry an identity.</summary>
/// <param name="Authorization">The header of that name.</param>
/// <param name="QueryString">With or without its question mark; may be empty.</param>
/// <param name="Subprotocols">Those that the client offers.</param>
/// <param name="CookieHeader">The header of that name.</param>
internal sealed record UpgradeCredentials(string? Authorization, string QueryString, IReadOnlyList<string> Subprotocols, string? CookieHeader);

/// <summary>Finds who a client is in its upgrade request. Takes any request without throwing; safe to call from any thread.</summary>
internal sealed class UpgradeIdentity(RoomWsOptions options, TokenReader tokens)
{
    /// <summary>Browsers can set no header on a WebSocket, but they can offer a subprotocol: <c>roomws.v1, bearer.&lt;jwt&gt;</c>.</summary>
    public const string SubprotocolPrefix = "bearer.";

    private const string Scheme = "Bearer ";

    /// <summary>The first credential found, read, even when a later one would be better; null when there is none.</summary>
    public async ValueTask<TokenResult?> FindAsync(UpgradeCredentials credentials)
    {
        var query = QueryHelpers.ParseQuery(credentials.QueryString);
        var token = FromAuthorization(credentials.Authorization)
            ?? Present(Value(query, "token"))
            ?? FromSubprotocols(credentials.Subprotocols)
            ?? FromCookie(credentials.CookieHeader);
        if (token is not null) return await tokens.ReadAsync(token);

        return options.Dev && query.ContainsKey("user")
            ? DevelopmentIdentity.Read(Value(query, "user"), Value(query, "name"), options.Limits)
            : null;
    }

    // Another scheme is some proxy's affair.
    private static string? FromAuthorization(string? header) =>
        header is not null && header.StartsWith(Scheme, StringComparison.OrdinalIgnoreCase) ? Present(header[Scheme.Length..].Trim()) : null;

    private static string? FromSubprotocols(IReadOnlyList<string> subprotocols) =>
        subprotocols.FirstOrDefault(offered => offered.StartsWith(SubprotocolPrefix, StringComparison.Ordinal)) is { } found
            ? Present(found[SubprotocolPrefix.Length..])
            : null;

    private string? FromCookie(string? header)
    {
        if (options.Cookie is null || header is null || !CookieHeaderValue.TryParseList([header], out var cookies)) return null;

        var cookie = cookies.FirstOrDefault(cookie => cookie.Name.Equals(options.Cookie, StringComparison.Ordinal));
        return Present(cookie?.Value.Value);
    }

    private static string? Value(Dictionary<string, StringValues> query, string name) =>
        query.TryGetValue(name, out var values) ? values[0] : null;

    private static string? Present(string? text) => string.IsNullOrEmpty(text) ? null : text;
}
