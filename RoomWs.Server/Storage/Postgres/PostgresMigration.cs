using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace RoomWs.Server.Storage.Postgres;

/// <summary>One of the numbered scripts in Migrations/. A released script must never be edited; the checksum finds an edited one.</summary>
/// <param name="Version">The schema that it makes.</param>
/// <param name="Name">The file.</param>
/// <param name="Sql">The script, whose first line says what it is readable by.</param>
internal sealed record PostgresMigration(long Version, string Name, string Sql)
{
    /// <summary>What the names of the scripts have before them in the assembly, which has those of SQLite too.</summary>
    private const string Folder = "Postgres/";

    private const string Declaration = "-- Readable by ";

    private static readonly Lazy<IReadOnlyList<PostgresMigration>> Scripts = new(Read);

    /// <summary>Those that this program has, in their order.</summary>
    public static IReadOnlyList<PostgresMigration> All => Scripts.Value;

    public string Checksum { get; } = Convert.ToHexString(SHA256.HashData(Encoding.UTF8.GetBytes(Sql.ReplaceLineEndings("\n"))));

    /// <summary>The oldest schema whose programs run on this one.</summary>
    public long ReadableBy { get; } = ReadableByOf(Name, Sql);

    private static long ReadableByOf(string name, string sql)
    {
        var first = sql.AsSpan(0, Math.Max(sql.IndexOf('\n', StringComparison.Ordinal), 0)).Trim();
        return first.StartsWith(Declaration, StringComparison.Ordinal) && long.TryParse(first[Declaration.Length..].TrimEnd('.'), NumberStyles.None, CultureInfo.InvariantCulture, out var version)
            ? version
            : throw new InvalidOperationException($"{name} does not begin with \"{Declaration}\" and the oldest schema whose programs run on it.");
    }

    private static List<PostgresMigration> Read()
    {
        var assembly = typeof(PostgresMigration).Assembly;
        return [.. assembly.GetManifestResourceNames()
            .Where(resource => resource.StartsWith(Folder, StringComparison.Ordinal))
            .Order(StringComparer.Ordinal)
            .Select(resource =>
            {
                using var reader = new StreamReader(assembly.GetManifestResourceStream(resource)!);
                var name = resource[Folder.Length..];
                var version = long.Parse(name.AsSpan(0, name.IndexOf('_', StringComparison.Ordinal)), CultureInfo.InvariantCulture);
                return new PostgresMigration(version, name, reader.ReadToEnd());
            }),];
    }
}
