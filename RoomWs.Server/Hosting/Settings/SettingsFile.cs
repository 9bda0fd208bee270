using System.Text.Json;
using Microsoft.Extensions.Configuration;

namespace RoomWs.Server.Hosting.Settings;

/// <summary>Reads the JSON file of settings as a flat list of names and texts. It may have comments and trailing commas.</summary>
internal static class SettingsFile
{
    public static IReadOnlyList<(string Name, string? Text)> Read(string path, ICollection<string> problems)
    {
        try
        {
            using var stream = File.OpenRead(path);
            return [.. Leaves(new ConfigurationBuilder().AddJsonStream(stream).Build())];
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            problems.Add($"The file of --config cannot be read: {exception.Message}");
        }
        catch (Exception exception) when (exception is FormatException or JsonException)
        {
            problems.Add($"The file of --config, {path}, is not valid: {exception.Message}");
        }

        return [];
    }

    // Only leaves are settings. A section has a null text, but so has a leaf that is null in the file; only the children tell them apart.
    private static IEnumerable<(string Name, string? Text)> Leaves(IConfiguration section)
    {
        foreach (var child in section.GetChildren())
        {
            var children = Leaves(child).ToList();
            if (children.Count == 0) yield return (child.Path, child.Value);
            foreach (var leaf in children) yield return leaf;
        }
    }
}
