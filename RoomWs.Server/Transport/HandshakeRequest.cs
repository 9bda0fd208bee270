using System.Buffers;
using System.Text;
using Microsoft.AspNetCore.Server.Kestrel.Core.Internal.Http;
using Microsoft.Net.Http.Headers;
using RoomWs.Server.Identity;
using HttpMethod = Microsoft.AspNetCore.Server.Kestrel.Core.Internal.Http.HttpMethod;

namespace RoomWs.Server.Transport;

/// <summary>The request head of an upgrade, filled by Kestrel's parser: what RFC 6455 requires, and what may carry a token.</summary>
internal sealed class HandshakeRequest : IHttpRequestLineHandler, IHttpHeadersHandler
{
    private const string KeyHeader = "Sec-WebSocket-Key";

    // RFC 6455 names http and https; what a client was given to connect to begins with ws or wss, and means the same.
    private static readonly string[] Schemes = ["http://", "https://", "ws://", "wss://"];

    /// <summary>What RFC 3986 allows in a host and its port. Without the @ of a user: RFC 9110 calls such a target an error.</summary>
    private static readonly SearchValues<char> HostCharacters =
        SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~%!$&'()*+,;=:[]");

    private readonly Dictionary<string, string> _headers = new(StringComparer.OrdinalIgnoreCase);

    private int _hostLines;

    /// <summary>The host in a target of absolute form, <c>GET http://host/ws</c>, as proxies send it. Null in the usual form.</summary>
    private string? _targetHost;

    public bool IsGet { get; private set; }

    public bool IsHttp11 { get; private set; }

    public string Path { get; private set; } = "";

    public string QueryString { get; private set; } = "";

    /// <summary>
    /// What is wrong with the host, or null. Two lines may be read differently by a proxy and by this server, so RFC 9112 refuses them,
    /// and no line too, even where the target names the host, which then counts.
    /// </summary>
    public string? HostFault => _hostLines switch
    {
        0 => "The Host header is missing.",
        > 1 => "The Host header must be there once.",
        _ => (_targetHost ?? Header(HeaderNames.Host)) is { Length: > 0 } host && !host.AsSpan().ContainsAnyExcept(HostCharacters) ? null : "The Host is empty, or is none.",
    };

    /// <summary>Every host that the request names: that of the line, and that of the target where there is one.</summary>
    public IEnumerable<string?> Hosts => _targetHost is null ? [Header(HeaderNames.Host)] : [Header(HeaderNames.Host), _targetHost];

    /// <summary>Whether the client asks for a WebSocket.</summary>
    public bool IsUpgrade => ListHas(HeaderNames.Upgrade, "websocket") && ListHas(HeaderNames.Connection, "Upgrade");

    public string? Origin => Header(HeaderNames.Origin);

    /// <summary>The addresses that proxies say they were called from; several lines are joined by commas.</summary>
    public string? ForwardedFor => Header("X-Forwarded-For");

    public string? Version => Header(HeaderNames.SecWebSocketVersion);

    /// <summary>The key. Null if there is none, or if it is not 16 bytes in base 64.</summary>
    public string? Key
    {
        get
        {
            Span<byte> decoded = stackalloc byte[16];
            return Header(KeyHeader) is { Length: 24 } key && Convert.TryFromBase64String(key, decoded, out var length) && length == 16 ? key : null;
        }
    }

    public IReadOnlyList<string> Subprotocols => [.. Items(HeaderNames.SecWebSocketProtocol)];

    public UpgradeCredentials Credentials => new(Header(HeaderNames.Authorization), QueryString, Subprotocols, Header(HeaderNames.Cookie));

    public void OnStartLine(HttpVersionAndMethod versionAndMethod, TargetOffsetPathLength targetPath, Span<byte> startLine)
    {
        IsGet = versionAndMethod.Method == HttpMethod.Get;
        IsHttp11 = versionAndMethod.Version == Microsoft.AspNetCore.Server.Kestrel.Core.Internal.Http.HttpVersion.Http11;
        // The parser passes the line up to the end of the target, and the length of the target up to its query.
        var target = startLine[targetPath.Offset..];
        (_targetHost, Path) = SplitTarget(Encoding.UTF8.GetString(target[..targetPath.Length]));
        QueryString = Encoding.UTF8.GetString(target[targetPath.Length..]);
    }

    // A list header may come in several lines. They mean the same as one line with commas; cookies have semicolons (RFC 9113, 8.2.3).
    public void OnHeader(ReadOnlySpan<byte> name, ReadOnlySpan<byte> value)
    {
        var key = Encoding.ASCII.GetString(name);
        var text = Encoding.UTF8.GetString(value);
        if (Is(key, HeaderNames.Host)) _hostLines++;
        var separator = Is(key, HeaderNames.Cookie) ? "; " : ", ";
        _headers[key] = _headers.TryGetValue(key, out var before) ? before + separator + text : text;
    }

    public void OnHeadersComplete(bool endStream)
    {
    }

    // Only HTTP/2 and HTTP/3 have header tables.
    public void OnStaticIndexedHeader(int index) => throw new NotSupportedException();

    public void OnStaticIndexedHeader(int index, ReadOnlySpan<byte> value) => throw new NotSupportedException();

    private static (string? Host, string Path) SplitTarget(string target)
    {
        if (Schemes.FirstOrDefault(scheme => target.StartsWith(scheme, StringComparison.OrdinalIgnoreCase)) is not { } scheme) return (null, target);

        var rest = target[scheme.Length..];
        var slash = rest.IndexOf('/', StringComparison.Ordinal);
        return slash < 0 ? (rest, "/") : (rest[..slash], rest[slash..]);
    }

    private static bool Is(string name, string header) => name.Equals(header, StringComparison.OrdinalIgnoreCase);

    private string? Header(string name) => _headers.GetValueOrDefault(name);

    private bool ListHas(string header, string item) => Items(header).Contains(item, StringComparer.OrdinalIgnoreCase);

    private string[] Items(string header) =>
        Header(header)?.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries) ?? [];
}
