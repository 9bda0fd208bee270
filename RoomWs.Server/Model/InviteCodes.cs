using System.Security.Cryptography;
using System.Text;

namespace RoomWs.Server.Model;

/// <summary>Makes the codes of invites: 20 random characters of 5 bits each, which is 100 bits and cannot be guessed.</summary>
internal static class InviteCodes
{
    private const int Length = 20;

    public static string New() => RandomNumberGenerator.GetString(Ids.Alphabet, Length);

    /// <summary>
    /// The hash that is stored and looked up in place of the code. A plain hash is enough for 100 random bits. Because the lookup uses the hash,
    /// its duration does not tell how close a guess was.
    /// </summary>
    public static byte[] Hash(string code) => SHA256.HashData(Encoding.UTF8.GetBytes(code));
}
