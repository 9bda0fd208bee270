using System.Globalization;
using System.Net;
using System.Text.RegularExpressions;

namespace RoomWs.Server.Hosting.Settings;

/// <summary>
/// The variables that Kubernetes sets in every container for each Service of the namespace. Those of a Service whose name begins with roomws
/// begin like settings: roomws gives ROOMWS_PORT=tcp://10.0.0.1:8080, roomws-ops gives ROOMWS_OPS_PORT. Nobody has set them, and none of
/// them is the port to listen on.
/// </summary>
internal static partial class ServiceLinks
{
    /// <summary>
    /// Whether a variable is one of these, by its name and by its value: ROOMWS_OPS_PORT=9090 is not, but the mistake of somebody who means
    /// OpsPort.
    /// </summary>
    public static bool Contain(string variable, string value)
    {
        // By the kind of the value, because a name alone can be read in two ways: ROOMWS_SERVICE_PORT is a port of roomws, or the URL of
        // roomws-service.
        if (ushort.TryParse(value, NumberStyles.None, CultureInfo.InvariantCulture, out _)) return PortName().IsMatch(variable);
        if (Url().IsMatch(value)) return UrlName().IsMatch(variable);
        if (IPAddress.TryParse(value, out _)) return AddressName().IsMatch(variable);
        return value is "tcp" or "udp" or "sctp" && ProtocolName().IsMatch(variable);
    }

    // Kubernetes writes names in capitals alone.
    [GeneratedRegex("^ROOMWS(_[A-Z0-9_]+)?_(SERVICE_PORT(_[A-Z0-9_]+)?|PORT_[0-9]+_(TCP|UDP|SCTP)_PORT)$", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1_000)]
    private static partial Regex PortName();

    [GeneratedRegex("^ROOMWS(_[A-Z0-9_]+)?_PORT(_[0-9]+_(TCP|UDP|SCTP))?$", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1_000)]
    private static partial Regex UrlName();

    [GeneratedRegex("^ROOMWS(_[A-Z0-9_]+)?_(SERVICE_HOST|PORT_[0-9]+_(TCP|UDP|SCTP)_ADDR)$", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1_000)]
    private static partial Regex AddressName();

    [GeneratedRegex("^ROOMWS(_[A-Z0-9_]+)?_PORT_[0-9]+_(TCP|UDP|SCTP)_PROTO$", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1_000)]
    private static partial Regex ProtocolName();

    [GeneratedRegex("^(tcp|udp|sctp)://[^/]+:[0-9]+$", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1_000)]
    private static partial Regex Url();
}
