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
    public static (string Certificate, string Key) Certificate(string name = "localhost", bool isRsa = false)
    {
        var subject = new X500DistinguishedName($"CN={name}");
        var request = isRsa
            ? new CertificateRequest(subject, Rsa, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1)
            : new CertificateRequest(subject, Ec, HashAlgorithmName.SHA256);
        using var certificate = request.CreateSelfSigned(DateTimeOffset.UnixEpoch, DateTimeOffset.UnixEpoch.AddYears(100));
        return (certificate.ExportCertificatePem(), isRsa ? Rsa.ExportPkcs8PrivateKeyPem() : Ec.ExportPkcs8PrivateKeyPem());
    }

    /// <summary>A certificate, followed by that of the authority which signed it, and its private key, all PEM.</summary>
    public static (string Chain, string Key) SignedCertificate(string name, string authority)
    {
        var between = new CertificateRequest($"CN={authority}", Rsa, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1);
        between.CertificateExtensions.Add(new X509BasicConstraintsExtension(certificateAuthority: true, hasPathLengthConstraint: false, pathLengthConstraint: 0, critical: true));
        var (begins, ends) = (DateTimeOffset.UnixEpoch, DateTimeOffset.UnixEpoch.AddYears(100));
        // What signed the authority is nowhere to be found: a root is known to clients, and servers do not show it.
        var rootSigner = X509SignatureGenerator.CreateForRSA(OtherRsa, RSASignaturePadding.Pkcs1);
        using var issuer = between.Create(new X500DistinguishedName("CN=root"), rootSigner, begins, ends, [1]);
        var leaf = new CertificateRequest(new X500DistinguishedName($"CN={name}"), Ec, HashAlgorithmName.SHA256);
        var signer = X509SignatureGenerator.CreateForRSA(Rsa, RSASignaturePadding.Pkcs1);
        using var certificate = leaf.Create(issuer.SubjectName, signer, begins, ends, [1, 2, 3]);
        return ($"{certificate.ExportCertificatePem()}\n{issuer.ExportCertificatePem()}", Ec.ExportPkcs8PrivateKeyPem());
    }
}
