using System.Security.Cryptography;
using System.Text;
using Microsoft.IdentityModel.Tokens;
using RoomWs.Server.Configuration;

namespace RoomWs.Server.Identity;

/// <summary>
/// The one key that tokens are checked with, and the one algorithm it is for. Pinning the pair is what keeps a token that is
/// signed by HS256 with the text of the public key from passing.
/// </summary>
internal sealed record TokenKey(SecurityKey Key, string Algorithm)
{
    /// <summary>The configured key; null in development mode without one.</summary>
    /// <exception cref="StartupException">The file of the public key no longer holds what it did when the settings were checked.</exception>
    public static TokenKey? From(RoomWsOptions options)
    {
        if (options.JwtSecret is { } secret)
            return new TokenKey(new SymmetricSecurityKey(Encoding.UTF8.GetBytes(secret)), SecurityAlgorithms.HmacSha256);
        if (options.JwtPublicKeyFile is not { } path) return null;

        var file = PublicKeyFile.Read(path);
        if (file.Rsa is { } rsa) return new TokenKey(new RsaSecurityKey(rsa), SecurityAlgorithms.RsaSha256);
        if (file.Ec is { } ec) return new TokenKey(new ECDsaSecurityKey(ECDsa.Create(ec)), SecurityAlgorithms.EcdsaSha256);
        throw new StartupException($"JwtPublicKeyFile \"{path}\" {file.Fault}");
    }
}
