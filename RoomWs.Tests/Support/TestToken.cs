using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;

namespace RoomWs.Tests.Support;

/// <summary>Tokens made by hand from header and claims, so that also those exist that no library would make.</summary>
internal static class TestToken
{
    public static string Hs256(string claims, string secret = TestKeys.Secret, string header = """{"alg":"HS256","typ":"JWT"}""") =>
        Signed(header, claims, data => HMACSHA256.HashData(Encoding.UTF8.GetBytes(secret), data));

    public static string Rs256(string claims, RSA? key = null) => Signed(
        """{"alg":"RS256","typ":"JWT"}""",
        claims,
        data => (key ?? TestKeys.Rsa).SignData(data, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1));

    public static string Es256(string claims) => Signed(
        """{"alg":"ES256","typ":"JWT"}""",
        claims,
        data => TestKeys.Ec.SignData(data, HashAlgorithmName.SHA256));

    public static string Unsigned(string claims, string algorithm = "none") => Signed($$"""{"alg":"{{algorithm}}"}""", claims, _ => []);

    public static string Encode(string text) => Base64Url.EncodeToString(Encoding.UTF8.GetBytes(text));

    private static string Signed(string header, string claims, Func<byte[], byte[]> sign)
    {
        var content = $"{Encode(header)}.{Encode(claims)}";
        return $"{content}.{Base64Url.EncodeToString(sign(Encoding.ASCII.GetBytes(content)))}";
    }
}
