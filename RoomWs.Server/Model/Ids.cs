using System.Security.Cryptography;

namespace RoomWs.Server.Model;

/// <summary>
/// Ids for what the server makes: 26 characters of Crockford's base 32, the first 10 the time in milliseconds and the other 16 random,
/// so that they sort by time and nobody can guess one.
/// </summary>
internal static class Ids
{
    private const string Alphabet = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";

    public static string NewRoomId(long now) => "room_" + New(now);

    public static string New(long now) => string.Create(26, now, static (id, time) =>
    {
        for (var i = 9; i >= 0; i--, time >>= 5) id[i] = Alphabet[(int)(time & 31)];
        Span<byte> random = stackalloc byte[16];
        RandomNumberGenerator.Fill(random);
        for (var i = 0; i < 16; i++) id[10 + i] = Alphabet[random[i] & 31];
    });
}
