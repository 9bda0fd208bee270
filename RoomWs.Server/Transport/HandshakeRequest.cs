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

    private readonly Dictionary<string, string> _headers = new(StringComparer.OrdinalIgnoreCase);

    public bool IsGet { get; private set; }

    public bool IsHttp11 { get; private set; }

    public string Path { get; private set; } = "";

    public string QueryString { get; private set; } = "";

    public bool HasHost => Header(HeaderNames.Host) is { Length: > 0 };

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
        Path = Encoding.UTF8.GetString(target[..targetPath.Length]);
        QueryString = Encoding.UTF8.GetString(target[targetPath.Length..]);
    }

    // A list header may come in several lines. They mean the same as one line with commas.
    public void OnHeader(ReadOnlySpan<byte> name, ReadOnlySpan<byte> value)
    {
        var key = Encoding.ASCII.GetString(name);
        var text = Encoding.UTF8.GetString(value);
        _headers[key] = _headers.TryGetValue(key, out var before) ? $"{before}, {text}" : text;
    }

    public void OnHeadersComplete(bool endStream)
    {
    }

    // Only HTTP/2 and HTTP/3 have header tables.
    public void OnStaticIndexedHeader(int index) => throw new NotSupportedException();

    public void OnStaticIndexedHeader(int index, ReadOnlySpan<byte> value) => throw new NotSupportedException();

    private string? Header(string name) => _headers.GetValueOrDefault(name);

    private bool ListHas(string header, string item) => Items(header).Contains(item, StringComparer.OrdinalIgnoreCase);

    private string[] Items(string header) =>
        Header(header)?.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries) ?? [];
}
