using System.Diagnostics.CodeAnalysis;
using System.Security.Cryptography;

namespace RoomWs.Server.Identity;

/// <summary>The public key in a PEM file, or what is wrong with the file, to follow its name in a message.</summary>
internal sealed record PublicKeyFile
{
    private const int RsaBits = 2_048;

    // prime256v1, the one curve of ES256. Its size alone would let other curves of 256 bits in.
    private const string P256 = "1.2.840.10045.3.1.7";

    public RSAParameters? Rsa { get; private init; }

    public ECParameters? Ec { get; private init; }

    public string? Fault { get; private init; }

    public static PublicKeyFile Read(string path)
    {
        try
        {
            return Parse(File.ReadAllText(path));
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            return Faulty($"cannot be read: {exception.Message.TrimEnd('.')}");
        }
    }

    private static PublicKeyFile Parse(string pem)
    {
        if (!PemEncoding.TryFind(pem, out var fields))
            return Faulty("holds no PEM; it must hold an RSA or EC P-256 public key that begins with -----BEGIN PUBLIC KEY-----");

        var label = pem[fields.Label];
        if (label.EndsWith("PRIVATE KEY", StringComparison.Ordinal))
            return Faulty("holds a private key, which this server has no use for; give it the public one (openssl pkey -in private.pem -pubout)");
        if (label is not ("PUBLIC KEY" or "RSA PUBLIC KEY"))
            return Faulty($"holds a {label}; it must hold a PUBLIC KEY (openssl x509 -in certificate.pem -noout -pubkey takes it from a certificate)");

        if (TryImportRsa(pem, out var rsa)) return rsa;
        if (TryImportEc(pem, out var ec)) return ec;
        return Faulty("holds a key that is neither RSA nor EC P-256");
    }

    private static bool TryImportRsa(string pem, [NotNullWhen(true)] out PublicKeyFile? key)
    {
        using var rsa = RSA.Create();
        key = null;
        if (!TryImport(rsa, pem)) return false;

        key = rsa.KeySize < RsaBits
            ? Faulty(FormattableString.Invariant($"holds an RSA key of {rsa.KeySize} bits; it must have {RsaBits} or more"))
            : new PublicKeyFile { Rsa = rsa.ExportParameters(includePrivateParameters: false) };
        return true;
    }

    private static bool TryImportEc(string pem, [NotNullWhen(true)] out PublicKeyFile? key)
    {
        using var ec = ECDsa.Create();
        key = null;
        if (!TryImport(ec, pem)) return false;

        var parameters = ec.ExportParameters(includePrivateParameters: false);
        key = parameters.Curve.Oid?.Value == P256
            ? new PublicKeyFile { Ec = parameters }
            : Faulty("holds an EC key of another curve; it must be P-256 (prime256v1), which ES256 signs with");
        return true;
    }

    private static bool TryImport(AsymmetricAlgorithm algorithm, string pem)
    {
        try
        {
            algorithm.ImportFromPem(pem);
            return true;
        }
        catch (Exception exception) when (exception is CryptographicException or ArgumentException)
        {
            return false;
        }
    }

    private static PublicKeyFile Faulty(string fault) => new() { Fault = fault };
}
