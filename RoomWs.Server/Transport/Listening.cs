using System.Net;
using Microsoft.AspNetCore.Server.Kestrel.Core;

namespace RoomWs.Server.Transport;

/// <summary>Makes Kestrel listen on a host as the settings Host and OpsHost name it: localhost, * for all addresses, or an IP address.</summary>
internal static class Listening
{
    public static void ListenOn(this KestrelServerOptions kestrel, string host, int port, Action<ListenOptions> configure)
    {
        if (host == "localhost") kestrel.ListenLocalhost(port, configure);
        else kestrel.Listen(host == "*" ? IPAddress.IPv6Any : IPAddress.Parse(host), port, configure);
    }
}
