using System.Security.Cryptography;
using System.Text;

namespace RoomWs.Server.Model;

/// <summary>What lets somebody into a room: 20 random letters and digits of 5 bits each, which is 100 bits, far past guessing.</summary>
internal static class InviteCodes
{
    private const int Length = 20;

    public static string New() => RandomNumberGenerator.GetString(Ids.Alphabet, Length);

    /// <summary>
    /// What is stored, and looked up, in place of the code. A plain hash is enough for so many random bits; and as a search goes by the
    /// hash, how long it takes tells nothing of how near a guess was.
    /// </summary>
    public static byte[] Hash(string code) => SHA256.HashData(Encoding.UTF8.GetBytes(code));
}
