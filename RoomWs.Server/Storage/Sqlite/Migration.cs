using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using SQLitePCL;

namespace RoomWs.Server.Storage.Sqlite;

/// <summary>One of the numbered scripts in Migrations/. A released script must never be edited; the checksum finds an edited one.</summary>
internal sealed record Migration(long Version, string Name, string Sql)
{
    /// <summary>What the names of the scripts have before them in the assembly, which has those of PostgreSQL too.</summary>
    private const string Folder = "Sqlite/";

    private static readonly Lazy<IReadOnlyList<Migration>> Scripts = new(Read);

    /// <summary>Those that this program has, in their order.</summary>
    public static IReadOnlyList<Migration> All => Scripts.Value;

    public string Checksum { get; } = Convert.ToHexString(SHA256.HashData(Encoding.UTF8.GetBytes(Sql.ReplaceLineEndings("\n"))));

    /// <summary>The statements of the script, each with the comments before it.</summary>
    public IReadOnlyList<string> Statements()
    {
        var statements = new List<string>();
        var text = new StringBuilder();
        foreach (var line in Sql.Split('\n'))
        {
            text.Append(line).Append('\n');
            // SQLite knows that the semicolons within a trigger or a comment end no statement.
            if (raw.sqlite3_complete(text.ToString()) == 0) continue;
            statements.Add(text.ToString());
            text.Clear();
        }

        return statements;
    }

    private static List<Migration> Read()
    {
        var assembly = typeof(Migration).Assembly;
        return [.. assembly.GetManifestResourceNames()
            .Where(resource => resource.StartsWith(Folder, StringComparison.Ordinal))
            .Order(StringComparer.Ordinal)
            .Select(resource =>
            {
                using var reader = new StreamReader(assembly.GetManifestResourceStream(resource)!);
                var name = resource[Folder.Length..];
                var version = long.Parse(name.AsSpan(0, name.IndexOf('_', StringComparison.Ordinal)), CultureInfo.InvariantCulture);
                return new Migration(version, name, reader.ReadToEnd());
            }),];
    }
}
