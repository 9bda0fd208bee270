using System.Globalization;
using System.Net;
using System.Text.RegularExpressions;
using RoomWs.Server.Configuration;

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
        // Kubernetes writes names in capitals alone.
        if (!variable.StartsWith(Setting.VariablePrefix, StringComparison.Ordinal) || Form().Match(variable) is not { Success: true } form) return false;
        if (form.Groups["host"].Success) return IPAddress.TryParse(value, out _);
        if (form.Groups["url"].Success) return Url().IsMatch(value);
        if (form.Groups["proto"].Success) return value is "tcp" or "udp" or "sctp";
        return ushort.TryParse(value, NumberStyles.None, CultureInfo.InvariantCulture, out _);
    }

    [GeneratedRegex(
        "^ROOMWS(_[A-Z0-9_]+)?_((?<host>SERVICE_HOST|PORT_[0-9]+_(TCP|UDP|SCTP)_ADDR)|(?<url>PORT|PORT_[0-9]+_(TCP|UDP|SCTP))|(?<proto>PORT_[0-9]+_(TCP|UDP|SCTP)_PROTO)|SERVICE_PORT(_[A-Z0-9_]+)?|PORT_[0-9]+_(TCP|UDP|SCTP)_PORT)$",
        RegexOptions.ExplicitCapture,
        matchTimeoutMilliseconds: 1_000)]
    private static partial Regex Form();

    [GeneratedRegex("^(tcp|udp|sctp)://[^/]+:[0-9]+$", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1_000)]
    private static partial Regex Url();
}
