using System.Text.Json;
using Microsoft.Extensions.Configuration;

namespace RoomWs.Server.Hosting.Settings;

/// <summary>The JSON file of settings as a flat list of names and texts. Comments and trailing commas are fine.</summary>
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

    // Only leaves are settings: the sections above them come with a null text, which a leaf has too where the file says null.
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
