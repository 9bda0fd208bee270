using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace RoomWs.Server.Storage.Batch;

/// <summary>A numbered script that brings a schema up. A released script must never be edited; the checksum finds an edited one.</summary>
/// <param name="Version">The schema that it makes.</param>
/// <param name="Name">The file.</param>
/// <param name="Sql">The script.</param>
internal abstract record SchemaScript(long Version, string Name, string Sql)
{
    public string Checksum { get; } = Convert.ToHexString(SHA256.HashData(Encoding.UTF8.GetBytes(Sql.ReplaceLineEndings("\n"))));

    /// <summary>Those of a folder of this program, in their order.</summary>
    /// <param name="folder">What their names have before them in the assembly, which holds those of both databases.</param>
    /// <param name="make">Makes one.</param>
    protected static IReadOnlyList<T> Of<T>(string folder, Func<long, string, string, T> make)
        where T : SchemaScript
    {
        var assembly = typeof(SchemaScript).Assembly;
        return [.. assembly.GetManifestResourceNames()
            .Where(resource => resource.StartsWith(folder, StringComparison.Ordinal))
            .Order(StringComparer.Ordinal)
            .Select(resource =>
            {
                using var reader = new StreamReader(assembly.GetManifestResourceStream(resource)!);
                var name = resource[folder.Length..];
                return make(long.Parse(name.AsSpan(0, name.IndexOf('_', StringComparison.Ordinal)), CultureInfo.InvariantCulture), name, reader.ReadToEnd());
            }),];
    }
}
