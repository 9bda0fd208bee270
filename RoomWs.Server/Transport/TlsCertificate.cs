using System.Net.Security;
using System.Security.Authentication;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Microsoft.AspNetCore.Server.Kestrel.Https;
using Microsoft.Extensions.Logging;

namespace RoomWs.Server.Transport;

/// <summary>
/// The server's certificate, with the intermediate certificates. It can be replaced while the server runs: each new handshake takes the current
/// one, and open connections are not affected. May be used from any thread.
/// </summary>
internal sealed partial class TlsCertificate
{
    /// <summary>The same as Kestrel's default.</summary>
    private static readonly TimeSpan HandshakeTimeout = TimeSpan.FromSeconds(10);

    private readonly Lock _reloading = new();
    private readonly string _certificateFile;
    private readonly string _keyFile;
    private readonly ILogger<TlsCertificate> _logger;
    private SslServerAuthenticationOptions _options;

    /// <summary>Reads the files. Throws if they cannot be used.</summary>
    public TlsCertificate(string certificateFile, string keyFile, ILogger<TlsCertificate> logger)
    {
        (_certificateFile, _keyFile, _logger) = (certificateFile, keyFile, logger);
        _options = Read(certificateFile, keyFile);
    }

    /// <summary>The options for a listener, which ask for the current certificate in each handshake.</summary>
    public TlsHandshakeCallbackOptions Handshake => new()
    {
        OnConnection = _ => ValueTask.FromResult(Volatile.Read(ref _options)),
        HandshakeTimeout = HandshakeTimeout,
    };

    /// <summary>Why a pair of files cannot be used. Null if it can.</summary>
    public static string? Fault(string certificateFile, string keyFile) => TryRead(certificateFile, keyFile, out var fault) is null ? fault : null;

    /// <summary>Reads the files again, for new connections. If they cannot be used, the current certificate stays and the cause is logged.</summary>
    public void Reload()
    {
        // One reload at a time: otherwise one that has read older files could replace a newer certificate.
        lock (_reloading)
        {
            if (TryRead(_certificateFile, _keyFile, out var fault) is not { } options)
            {
                LogKept(_certificateFile, _keyFile, fault);
                return;
            }

            Volatile.Write(ref _options, options);
            LogReloaded(_certificateFile, options.ServerCertificateContext!.TargetCertificate.NotAfter.ToUniversalTime());
        }
    }

    private static SslServerAuthenticationOptions? TryRead(string certificateFile, string keyFile, out string fault)
    {
        try
        {
            fault = "";
            return Read(certificateFile, keyFile);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException or CryptographicException or ArgumentException)
        {
            fault = exception.Message.TrimEnd('.');
            return null;
        }
    }

    // A replaced certificate is never disposed, because a running handshake may still use it.
    private static SslServerAuthenticationOptions Read(string certificateFile, string keyFile)
    {
        var certificate = X509Certificate2.CreateFromPemFile(certificateFile, keyFile);
        var chain = new X509Certificate2Collection();
        chain.ImportFromPemFile(certificateFile);
        return new SslServerAuthenticationOptions
        {
            // Offline: the server must not fetch anything from the network to start.
            ServerCertificateContext = SslStreamCertificateContext.Create(certificate, chain, offline: true),
            EnabledSslProtocols = SslProtocols.Tls12 | SslProtocols.Tls13,
            // The WebSocket handshake here is HTTP/1.1, so never select HTTP/2 for a client that offers both.
            ApplicationProtocols = [SslApplicationProtocol.Http11],
        };
    }

    [LoggerMessage(3101, LogLevel.Information, "The certificate of {CertificateFile} is in use for new connections; it ends at {NotAfter:u}")]
    private partial void LogReloaded(string certificateFile, DateTime notAfter);

    [LoggerMessage(3102, LogLevel.Error, "The certificate that was in use stays: {CertificateFile} and {KeyFile} cannot be used: {Fault}")]
    private partial void LogKept(string certificateFile, string keyFile, string fault);
}
