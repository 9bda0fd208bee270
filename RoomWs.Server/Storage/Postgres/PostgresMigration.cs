using System.Globalization;
using RoomWs.Server.Storage.Batch;

namespace RoomWs.Server.Storage.Postgres;

/// <summary>One of the numbered scripts in Migrations/.</summary>
/// <param name="Version">The schema that it makes.</param>
/// <param name="Name">The file.</param>
/// <param name="Sql">The script, whose first line says what it is readable by.</param>
internal sealed record PostgresMigration(long Version, string Name, string Sql) : SchemaScript(Version, Name, Sql)
{
    private const string Declaration = "-- Readable by ";

    private static readonly Lazy<IReadOnlyList<PostgresMigration>> Scripts = new(static () => Of("Postgres/", static (version, name, sql) => new PostgresMigration(version, name, sql)));

    /// <summary>Those that this program has, in their order.</summary>
    public static IReadOnlyList<PostgresMigration> All => Scripts.Value;

    /// <summary>The oldest schema whose programs run on this one.</summary>
    public long ReadableBy { get; } = ReadableByOf(Name, Sql);

    private static long ReadableByOf(string name, string sql)
    {
        var first = sql.AsSpan(0, Math.Max(sql.IndexOf('\n', StringComparison.Ordinal), 0)).Trim();
        return first.StartsWith(Declaration, StringComparison.Ordinal) && long.TryParse(first[Declaration.Length..].TrimEnd('.'), NumberStyles.None, CultureInfo.InvariantCulture, out var version)
            ? version
            : throw new InvalidOperationException($"{name} does not begin with \"{Declaration}\" and the oldest schema whose programs run on it.");
    }

}
