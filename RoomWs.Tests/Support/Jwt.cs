using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;

namespace RoomWs.Tests.Support;

/// <summary>Tokens as an application's own code would sign them.</summary>
internal static class Jwt
{
    public const string Secret = "the shared secret of these tests, long enough";

    public static string Hs256(object claims, string secret = Secret) =>
        Sign("HS256", claims, data => HMACSHA256.HashData(Encoding.UTF8.GetBytes(secret), data));

    public static string Rs256(object claims, RSA key) => Sign("RS256", claims, data => key.SignData(data, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1));

    public static string Es256(object claims, ECDsa key) => Sign("ES256", claims, data => key.SignData(data, HashAlgorithmName.SHA256));

    public static string Sign(string algorithm, object claims, Func<byte[], byte[]> sign)
    {
        var content = $"{Encode(new { alg = algorithm, typ = "JWT" })}.{Encode(claims)}";
        return $"{content}.{Base64Url.EncodeToString(sign(Encoding.ASCII.GetBytes(content)))}";
    }

    private static string Encode(object value) => Base64Url.EncodeToString(JsonSerializer.SerializeToUtf8Bytes(value));
}
