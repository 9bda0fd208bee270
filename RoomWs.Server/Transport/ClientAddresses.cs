using System.Net;

namespace RoomWs.Server.Transport;

/// <summary>
/// Tells a client's own address where it comes through proxies. X-Forwarded-For is a list to which each proxy adds the address it was called
/// from, and a client can send one of its own making. So it is read from its end, and no further than the proxies that are known.
/// </summary>
internal sealed class ClientAddresses(IEnumerable<string> proxies)
{
    private readonly IPNetwork[] _networks = [.. proxies.Select(proxy => Parse(proxy) ?? throw new ArgumentException($"{proxy} is neither an address nor a range.", nameof(proxies)))];

    /// <summary>Reads an address, or a range such as 10.0.0.0/8. Null if the text is neither.</summary>
    public static IPNetwork? Parse(string text)
    {
        if (IPNetwork.TryParse(text, out var network)) return network;
        if (!IPAddress.TryParse(text, out var address)) return null;
        // Stricter than IPAddress, which reads 10 as 0.0.0.10.
        if (!text.Contains(':', StringComparison.Ordinal) && address.ToString() != text) return null;
        return new IPNetwork(address, address.GetAddressBytes().Length * 8);
    }

    /// <summary>The address that is not a trusted proxy's, from the socket back through the header; the farthest one if all are.</summary>
    /// <param name="remote">The socket's other end.</param>
    /// <param name="forwardedFor">The header, its lines joined by commas; null if there is none.</param>
    public string ClientOf(EndPoint? remote, string? forwardedFor)
    {
        if (remote is not IPEndPoint { Address: var address }) return "unknown";
        var client = Plain(address);
        if (forwardedFor is null || !IsTrusted(client)) return client.ToString();

        foreach (var entry in forwardedFor.Split(',', StringSplitOptions.TrimEntries).Reverse())
        {
            // Some proxies add the port.
            if (!IPEndPoint.TryParse(entry, out var forwarded)) break;
            client = Plain(forwarded.Address);
            if (!IsTrusted(client)) break;
        }

        return client.ToString();
    }

    private bool IsTrusted(IPAddress address) => Array.Exists(_networks, network => network.Contains(address));

    /// <summary>A socket for both families shows an IPv4 address as ::ffff:10.0.0.1.</summary>
    private static IPAddress Plain(IPAddress address) => address.IsIPv4MappedToIPv6 ? address.MapToIPv4() : address;
}
