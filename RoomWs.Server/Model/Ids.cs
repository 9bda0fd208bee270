using System.Security.Cryptography;

namespace RoomWs.Server.Model;

/// <summary>Ids and codes that the server makes. All are random, so that nobody can guess one.</summary>
internal static class Ids
{
    /// <summary>Crockford's base 32: no I, L, O or U, so that an id or code that is read aloud or copied by hand comes out right.</summary>
    public const string Alphabet = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";

    public static string NewRoomId(long now) => "room_" + New(now);

    /// <summary>26 characters that sort by time: the first 10 are the time in milliseconds, the other 16 are random.</summary>
    /// <param name="now">Unix milliseconds.</param>
    public static string New(long now) => string.Create(26, now, static (id, time) =>
    {
        for (var i = 9; i >= 0; i--, time >>= 5) id[i] = Alphabet[(int)(time & 31)];
        RandomNumberGenerator.GetItems<char>(Alphabet, id[10..]);
    });

    /// <summary>12 characters that a client is told of a fault and that the log has beside its cause.</summary>
    public static string NewLogId() => Guid.NewGuid().ToString("N")[..12];
}
