using System.Security.Cryptography;
using System.Text;
using Microsoft.IdentityModel.Tokens;
using RoomWs.Server.Configuration;

namespace RoomWs.Server.Identity;

/// <summary>
/// The keys that tokens are checked with, each for one algorithm. A token is checked only with the keys of its own algorithm: otherwise
/// anyone could sign by HS256 with the text of a public key. There can be several keys per algorithm, for the time of a key rotation.
/// </summary>
internal sealed class TokenKeys
{
    private readonly Dictionary<string, List<SecurityKey>> _keys = new(StringComparer.Ordinal);

    /// <summary>Reads the configured keys. There may be none in development mode.</summary>
    /// <exception cref="StartupException">The public key file has become invalid since the settings were checked.</exception>
    public TokenKeys(RoomWsOptions options)
    {
        foreach (var secret in new[] { options.JwtSecret, options.JwtPreviousSecret })
        {
            if (secret is not null) Add(SecurityAlgorithms.HmacSha256, new SymmetricSecurityKey(Encoding.UTF8.GetBytes(secret)));
        }

        if (options.JwtPublicKeyFile is not { } path) return;
        var file = PublicKeyFile.Read(path);
        if (file.Fault is { } fault) throw new StartupException($"JwtPublicKeyFile \"{path}\" {fault}");
        foreach (var rsa in file.Rsa) Add(SecurityAlgorithms.RsaSha256, new RsaSecurityKey(rsa));
        foreach (var ec in file.Ec) Add(SecurityAlgorithms.EcdsaSha256, new ECDsaSecurityKey(ECDsa.Create(ec)));
    }

    /// <summary>The algorithms that have a key.</summary>
    public IReadOnlyCollection<string> Algorithms => _keys.Keys;

    public IReadOnlyList<SecurityKey> For(string algorithm) => _keys[algorithm];

    private void Add(string algorithm, SecurityKey key)
    {
        if (!_keys.TryGetValue(algorithm, out var keys)) _keys[algorithm] = keys = [];
        keys.Add(key);
    }
}
