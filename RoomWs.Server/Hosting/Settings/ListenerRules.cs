using System.Net;
using RoomWs.Server.Configuration;
using RoomWs.Server.Transport;

namespace RoomWs.Server.Hosting.Settings;

/// <summary>Checks the settings that decide where the server listens: addresses, ports, path and certificate.</summary>
internal static class ListenerRules
{
    public static IEnumerable<SettingProblem> Check(RoomWsOptions options) => [.. Host(options), .. Ops(options), .. Path(options), .. Proxies(options), .. Tls(options)];

    private static IEnumerable<SettingProblem> Host(RoomWsOptions options)
    {
        if (options.Host is not "localhost" and not "*" && !IsAddress(options.Host))
        {
            yield return new SettingProblem(
                $"Host is \"{options.Host}\"; it must be an IP address of this machine, localhost, or * for all of its addresses",
                nameof(options.Host));
        }
        else if (options.Dev && !IsLoopback(options.Host))
        {
            yield return new SettingProblem(
                $"Host is \"{options.Host}\" in development mode, where anyone can be anyone; use 127.0.0.1, ::1 or localhost, or leave out --dev and set a key",
                nameof(options.Dev),
                nameof(options.Host));
        }
    }

    private static IEnumerable<SettingProblem> Ops(RoomWsOptions options)
    {
        if (options.OpsHost is not "localhost" and not "*" && !IsAddress(options.OpsHost))
        {
            yield return new SettingProblem(
                $"OpsHost is \"{options.OpsHost}\"; it must be an IP address of this machine, localhost, or * for all of its addresses",
                nameof(options.OpsHost));
        }

        if (options.OpsPort is > 0 and var port && port == options.Port)
        {
            yield return new SettingProblem(
                FormattableString.Invariant($"OpsPort is {port}, which is Port too; the public port speaks WebSocket alone, so give operators another"),
                nameof(options.OpsPort),
                nameof(options.Port));
        }
    }

    // Stricter than IPAddress, which reads 1 as 0.0.0.1 and 0177.1 as 127.0.0.1. Nobody means those.
    private static bool IsAddress(string host) =>
        IPAddress.TryParse(host, out var address) && (host.Contains(':', StringComparison.Ordinal) || address.ToString() == host);

    private static bool IsLoopback(string host) => host == "localhost" || (host != "*" && IPAddress.IsLoopback(IPAddress.Parse(host)));

    private static IEnumerable<SettingProblem> Path(RoomWsOptions options)
    {
        if (options.Path is null || !options.Path.StartsWith('/') || options.Path.Any(c => c is '?' or '#' || char.IsWhiteSpace(c) || char.IsControl(c)))
        {
            yield return new SettingProblem(
                $"Path is \"{options.Path}\"; it must begin with / and hold no ?, # or space",
                nameof(options.Path));
        }
    }

    private static IEnumerable<SettingProblem> Proxies(RoomWsOptions options) => options.TrustedProxies
        .Where(proxy => ClientAddresses.Parse(proxy) is null)
        .Select(proxy => new SettingProblem(
            $"TrustedProxies has \"{proxy}\"; it must be an IP address, or a range such as 10.0.0.0/8",
            nameof(options.TrustedProxies)));

    private static IEnumerable<SettingProblem> Tls(RoomWsOptions options)
    {
        var (certificate, key) = (options.TlsCertificateFile, options.TlsKeyFile);
        if (certificate is null && key is null) yield break;

        if (certificate is null || key is null)
        {
            var (given, missing) = certificate is null ? ("TlsKeyFile", "TlsCertificateFile") : ("TlsCertificateFile", "TlsKeyFile");
            yield return new SettingProblem($"{given} is set without {missing}; set both for wss, or neither", given, missing);
        }
        else if (TlsCertificate.Fault(certificate, key) is { } fault)
        {
            yield return new SettingProblem(
                $"TlsCertificateFile \"{certificate}\" and TlsKeyFile \"{key}\" cannot be used: {fault}; give a certificate and its unencrypted private key, both as PEM",
                nameof(options.TlsCertificateFile),
                nameof(options.TlsKeyFile));
        }
    }
}
