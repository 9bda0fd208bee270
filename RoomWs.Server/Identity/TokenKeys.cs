using System.Security.Cryptography;
using System.Text;
using Microsoft.IdentityModel.Tokens;
using RoomWs.Server.Configuration;

namespace RoomWs.Server.Identity;

/// <summary>
/// The keys that tokens are checked with, by the one algorithm that each is for. That a token is only ever checked with keys of its
/// own algorithm is what keeps one from passing that is signed by HS256 with the text of a public key. Several of a kind are for the
/// time in which one takes over from another.
/// </summary>
internal sealed class TokenKeys
{
    private readonly Dictionary<string, List<SecurityKey>> _keys = new(StringComparer.Ordinal);

    /// <summary>The configured keys; none in development mode without one.</summary>
    /// <exception cref="StartupException">The file of public keys no longer holds what it did when the settings were checked.</exception>
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

    /// <summary>The algorithms that there is a key for.</summary>
    public IReadOnlyCollection<string> Algorithms => _keys.Keys;

    public IReadOnlyList<SecurityKey> For(string algorithm) => _keys[algorithm];

    private void Add(string algorithm, SecurityKey key)
    {
        if (!_keys.TryGetValue(algorithm, out var keys)) _keys[algorithm] = keys = [];
        keys.Add(key);
    }
}
