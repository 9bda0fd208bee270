using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace RoomWs.Tests.Support;

/// <summary>Keys for tokens and TLS, made once: RSA takes its time.</summary>
internal static class TestKeys
{
    public const string Secret = "a secret of thirty-two bytes or more";

    public static RSA Rsa { get; } = RSA.Create(2_048);

    public static RSA OtherRsa { get; } = RSA.Create(2_048);

    public static ECDsa Ec { get; } = ECDsa.Create(ECCurve.NamedCurves.nistP256);

    /// <summary>A certificate and its private key, both PEM.</summary>
    public static (string Certificate, string Key) Certificate()
    {
        var request = new CertificateRequest("CN=localhost", Ec, HashAlgorithmName.SHA256);
        using var certificate = request.CreateSelfSigned(DateTimeOffset.UnixEpoch, DateTimeOffset.UnixEpoch.AddYears(100));
        return (certificate.ExportCertificatePem(), Ec.ExportPkcs8PrivateKeyPem());
    }
}
