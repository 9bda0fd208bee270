using RoomWs.Server.Configuration;

namespace RoomWs.Server.Identity;

/// <summary>Names the kinds of the keys in use, such as "HS256 (2), ES256": what the log may say of them.</summary>
internal static class KeyKinds
{
    public static string Of(RoomWsOptions options)
    {
        var keys = new TokenKeys(options);
        var kinds = keys.Algorithms.Select(algorithm => keys.For(algorithm).Count is > 1 and var count ? FormattableString.Invariant($"{algorithm} ({count})") : algorithm);
        return keys.Algorithms.Count == 0 ? "none" : string.Join(", ", kinds);
    }
}
