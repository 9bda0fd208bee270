using System.Net.Security;
using System.Security.Authentication;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Microsoft.AspNetCore.Server.Kestrel.Https;
using Microsoft.Extensions.Logging;

namespace RoomWs.Server.Transport;

/// <summary>
/// The certificate that clients are shown, with those between it and its root. A new one may take its place while the server runs: each
/// handshake takes the one of its moment, and connections that are open stay as they are. May be used from any thread.
/// </summary>
internal sealed partial class TlsCertificate
{
    /// <summary>Kestrel's own default.</summary>
    private static readonly TimeSpan HandshakeTimeout = TimeSpan.FromSeconds(10);

    private readonly Lock _reloading = new();
    private readonly string _certificateFile;
    private readonly string _keyFile;
    private readonly ILogger<TlsCertificate> _logger;
    private SslServerAuthenticationOptions _options;

    /// <summary>Reads the files, which have to fit.</summary>
    public TlsCertificate(string certificateFile, string keyFile, ILogger<TlsCertificate> logger)
    {
        (_certificateFile, _keyFile, _logger) = (certificateFile, keyFile, logger);
        _options = Read(certificateFile, keyFile);
    }

    /// <summary>What a listener needs to ask for the present certificate in each handshake.</summary>
    public TlsHandshakeCallbackOptions Handshake => new()
    {
        OnConnection = _ => ValueTask.FromResult(Volatile.Read(ref _options)),
        HandshakeTimeout = HandshakeTimeout,
    };

    /// <summary>What is wrong with a pair of files; null where they can be used.</summary>
    public static string? Fault(string certificateFile, string keyFile) => TryRead(certificateFile, keyFile, out var fault) is null ? fault : null;

    /// <summary>Takes what the files hold now, for connections from now on. Files that do not fit change nothing, and the log says why.</summary>
    public void Reload()
    {
        // Of two at once the one that reads first must not have the last word.
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

    // Never disposed: a handshake that is under way may still hold the one before.
    private static SslServerAuthenticationOptions Read(string certificateFile, string keyFile)
    {
        var certificate = X509Certificate2.CreateFromPemFile(certificateFile, keyFile);
        var chain = new X509Certificate2Collection();
        chain.ImportFromPemFile(certificateFile);
        return new SslServerAuthenticationOptions
        {
            // Offline: nothing is to be fetched from the network for a start.
            ServerCertificateContext = SslStreamCertificateContext.Create(certificate, chain, offline: true),
            EnabledSslProtocols = SslProtocols.Tls12 | SslProtocols.Tls13,
            // The handshake of a WebSocket is HTTP/1.1: a client that offers HTTP/2 too must not get it.
            ApplicationProtocols = [SslApplicationProtocol.Http11],
        };
    }

    [LoggerMessage(3101, LogLevel.Information, "The certificate of {CertificateFile} is in use for new connections; it ends at {NotAfter:u}")]
    private partial void LogReloaded(string certificateFile, DateTime notAfter);

    [LoggerMessage(3102, LogLevel.Error, "The certificate that was in use stays: {CertificateFile} and {KeyFile} cannot be used: {Fault}")]
    private partial void LogKept(string certificateFile, string keyFile, string fault);
}
