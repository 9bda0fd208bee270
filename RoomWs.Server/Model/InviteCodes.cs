using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace RoomWs.Server.Model;

/// <summary>Makes the codes of invites: 20 random characters of 5 bits each, which is 100 bits and cannot be guessed.</summary>
internal static class InviteCodes
{
    private const int Length = 20;

    public static string New() => RandomNumberGenerator.GetString(Ids.Alphabet, Length);

    /// <summary>
    /// The hash that is stored and looked up in place of the code, whichever way people have typed it. A plain hash is enough for 100 random bits. Because the lookup uses the hash,
    /// its duration does not tell how close a guess was.
    /// </summary>
    public static byte[] Hash(string code) => SHA256.HashData(Encoding.UTF8.GetBytes(AsMade(code)));

    /// <summary>
    /// The code as it was made. People type lower case, group the characters, and take O for 0, I and L for 1, which no code holds; letters
    /// and mail programs put line ends, typographic hyphens and invisible characters into it.
    /// </summary>
    private static string AsMade(string typed)
    {
        var code = new StringBuilder(Length);
        foreach (var c in typed)
        {
            if (IsBetween(c)) continue;
            code.Append(char.IsAsciiLetterLower(c) ? (char)(c - 'a' + 'A') : c);
        }

        return code.Replace('O', '0').Replace('I', '1').Replace('L', '1').ToString();
    }

    // U+2212 is the minus sign, no dash to Unicode.
    private static bool IsBetween(char c) => char.IsWhiteSpace(c)
        || c == '\u2212'
        || char.GetUnicodeCategory(c) is UnicodeCategory.DashPunctuation or UnicodeCategory.Format;
}
