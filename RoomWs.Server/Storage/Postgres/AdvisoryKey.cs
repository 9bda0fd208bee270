using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;

namespace RoomWs.Server.Storage.Postgres;

/// <summary>The numbers of PostgreSQL's advisory locks. The locks of a database are shared by all that use it, so a number is a hash of what it stands for.</summary>
internal static class AdvisoryKey
{
    /// <summary>Held by the node that brings the schema up.</summary>
    public static long Migration { get; } = Of("migration");

    /// <summary>Held by the node that deletes what has had its time.</summary>
    public static long Housekeeping { get; } = Of("housekeeping");

    /// <summary>Held by a node as long as it runs.</summary>
    public static long Node(string name) => Of($"node {name}");

    /// <summary>Held by the session that a node writes with: whoever takes it next knows that the session before it is over.</summary>
    public static long Writer(string node) => Of($"writer {node}");

    /// <summary>Held by the session that a node writes with who is online there, as <see cref="Writer"/> is.</summary>
    public static long Presence(string node) => Of($"presence {node}");

    /// <summary>The first of 256 that stand for users, while it is decided whether they come online or go offline.</summary>
    public static long PresenceBuckets { get; } = Of("presence users") & ~255;

    /// <summary>The number of anything else.</summary>
    public static long Of(string what) => BinaryPrimitives.ReadInt64BigEndian(SHA256.HashData(Encoding.UTF8.GetBytes($"roomws {what}")));
}
