using System.Security.Cryptography;

namespace RoomWs.Server.Storage.Postgres;

/// <summary>What a node is called among those of one database.</summary>
internal static class NodeName
{
    public const int MaxLength = 63;

    private const int RandomLength = 8;

    /// <summary>A name for a node that was given none: its machine's, and what tells it from another there.</summary>
    public static string MakeUp()
    {
        var machine = string.Concat(Environment.MachineName.Where(IsVisible));
        return $"{machine[..Math.Min(machine.Length, MaxLength - RandomLength - 1)]}-{RandomNumberGenerator.GetString("abcdefghijkmnpqrstuvwxyz23456789", RandomLength)}";
    }

    public static bool IsValid(string name) => name.Length is >= 1 and <= MaxLength && name.All(IsVisible);

    /// <summary>Whether a character shows as itself wherever PostgreSQL writes the name: it knows no others in the name of an application.</summary>
    private static bool IsVisible(char character) => character is > ' ' and <= '~';
}
