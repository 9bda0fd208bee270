using System.Security.Cryptography;

namespace RoomWs.Server.Identity;

/// <summary>The public keys in a PEM file, or what is wrong with it. The text of <see cref="Fault"/> follows the file's name in messages.</summary>
internal sealed record PublicKeyFile
{
    private const int RsaBits = 2_048;

    // prime256v1, the curve of ES256. A check of the key size alone would accept other curves of 256 bits.
    private const string P256 = "1.2.840.10045.3.1.7";

    private const string BlockBegin = "-----BEGIN ";

    public IReadOnlyList<RSAParameters> Rsa { get; private init; } = [];

    public IReadOnlyList<ECParameters> Ec { get; private init; } = [];

    public string? Fault { get; private init; }

    public static PublicKeyFile Read(string path)
    {
        try
        {
            return Parse(File.ReadAllText(path));
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException or ArgumentException)
        {
            return Faulty($"cannot be read: {exception.Message.TrimEnd('.')}");
        }
    }

    private static PublicKeyFile Parse(string pem)
    {
        var blocks = Blocks(pem);
        if (blocks.Count == 0)
            return Faulty("holds no PEM; it must hold an RSA or EC P-256 public key that begins with -----BEGIN PUBLIC KEY-----");
        // PemEncoding skips broken blocks, so a key could be missing without notice.
        if (pem.Split(BlockBegin).Length - 1 != blocks.Count)
            return Faulty("holds a PEM block that is broken, or has no end");

        var (rsa, ec) = (new List<RSAParameters>(), new List<ECParameters>());
        foreach (var (label, block) in blocks)
        {
            var fault = FaultOf(label) ?? Import(block, rsa, ec);
            if (fault is not null) return Faulty(blocks.Count == 1 ? fault : $"{fault} (block {blocks.IndexOf((label, block)) + 1} of {blocks.Count})");
        }

        return new PublicKeyFile { Rsa = rsa, Ec = ec };
    }

    private static List<(string Label, string Pem)> Blocks(string pem)
    {
        var blocks = new List<(string, string)>();
        while (PemEncoding.TryFind(pem, out var fields))
        {
            blocks.Add((pem[fields.Label], pem[fields.Location]));
            pem = pem[fields.Location.End..];
        }

        return blocks;
    }

    private static string? FaultOf(string label)
    {
        if (label.EndsWith("PRIVATE KEY", StringComparison.Ordinal))
            return "holds a private key, which this server has no use for; give it the public one (openssl pkey -in private.pem -pubout)";
        return label is "PUBLIC KEY" or "RSA PUBLIC KEY"
            ? null
            : $"holds a {label}; it must hold a PUBLIC KEY (openssl x509 -in certificate.pem -noout -pubkey takes it from a certificate)";
    }

    private static string? Import(string pem, List<RSAParameters> rsaKeys, List<ECParameters> ecKeys)
    {
        using var rsa = RSA.Create();
        if (TryImport(rsa, pem))
        {
            rsaKeys.Add(rsa.ExportParameters(includePrivateParameters: false));
            return rsa.KeySize >= RsaBits ? null : FormattableString.Invariant($"holds an RSA key of {rsa.KeySize} bits; it must have {RsaBits} or more");
        }

        using var ec = ECDsa.Create();
        if (!TryImport(ec, pem)) return "holds a key that is neither RSA nor EC P-256";

        var parameters = ec.ExportParameters(includePrivateParameters: false);
        ecKeys.Add(parameters);
        return parameters.Curve.Oid?.Value == P256 ? null : "holds an EC key of another curve; it must be P-256 (prime256v1), which ES256 signs with";
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
