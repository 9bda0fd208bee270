using System.Buffers;
using System.Security.Cryptography;

namespace RoomWs.Server.Model;

/// <summary>Makes ids. All have a random part, so that nobody can guess one.</summary>
internal static class Ids
{
    /// <summary>Crockford's base 32: no I, L, O or U, so that ids and codes can be read aloud or copied by hand without mistakes.</summary>
    public const string Alphabet = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";

    private const int Length = 26;

    private static readonly SearchValues<char> Characters = SearchValues.Create(Alphabet);

    public static string NewRoomId(long now) => "room_" + New(now);

    /// <summary>An id of 26 characters that sorts by time: the first 10 are the time in milliseconds, the other 16 are random.</summary>
    /// <param name="now">Unix milliseconds.</param>
    public static string New(long now) => string.Create(Length, now, static (id, time) =>
    {
        for (var i = 9; i >= 0; i--, time >>= 5) id[i] = Alphabet[(int)(time & 31)];
        RandomNumberGenerator.GetItems<char>(Alphabet, id[10..]);
    });

    /// <summary>An epoch of a room or a board, of 16 characters. Migrations and restores make their own, which look the same.</summary>
    public static string NewEpoch() => RandomNumberGenerator.GetString(Alphabet, 16);

    /// <summary>Whether a text can be a prefix with an id of <see cref="New"/> behind it.</summary>
    public static bool IsOf(string prefix, string text) =>
        text.Length == prefix.Length + Length && text.StartsWith(prefix, StringComparison.Ordinal) && !text.AsSpan(prefix.Length).ContainsAnyExcept(Characters);

    /// <summary>An id of 12 characters for a fault. The client gets it in the ERROR, and the log has it beside the cause.</summary>
    public static string NewLogId() => Guid.NewGuid().ToString("N")[..12];
}
