namespace RoomWs.Server.Transport;

/// <summary>
/// The names by which programs on this machine call it. A page of anywhere can send its visitor's browser to this machine, by a name of its own that points to
/// 127.0.0.1; but the browser then says that name in Host, and where the page is from in Origin.
/// </summary>
internal static class LocalHosts
{
    private static readonly string[] Names = ["127.0.0.1", "localhost", "[::1]"];

    private static readonly string[] Schemes = ["http://", "https://"];

    /// <summary>Whether a Host names this machine. Its port does not matter.</summary>
    /// <param name="host">The host, with or without a port.</param>
    /// <param name="listensOn">The address of the server, which may be another of loopback.</param>
    public static bool IsHost(string? host, string listensOn)
    {
        if (host is null) return false;
        var colon = host.LastIndexOf(':');
        var hasPort = colon >= 0 && !host.EndsWith(']');
        if (hasPort && host.AsSpan(colon + 1).ContainsAnyExceptInRange('0', '9')) return false;
        var name = hasPort ? host[..colon] : host;
        return Names.Contains(name, StringComparer.OrdinalIgnoreCase) || name == listensOn;
    }

    /// <summary>Whether an Origin is a page of this machine. What is no page of a server, such as a file, is <c>null</c> and not one.</summary>
    public static bool IsOrigin(string origin, string listensOn) =>
        Schemes.FirstOrDefault(scheme => origin.StartsWith(scheme, StringComparison.OrdinalIgnoreCase)) is { } scheme && IsHost(origin[scheme.Length..], listensOn);
}
