using System.Globalization;
using System.Text;
using System.Text.Json;

namespace RoomWs.Server.Hosting.Settings;

/// <summary>Reads the JSON file of settings as a flat list of names and texts. It may have comments and trailing commas.</summary>
internal static class SettingsFile
{
    private static readonly JsonReaderOptions Lenient = new() { CommentHandling = JsonCommentHandling.Skip, AllowTrailingCommas = true };

    public static IReadOnlyList<(string Name, string? Text)> Read(string path, ICollection<string> problems)
    {
        if (path.Length == 0)
        {
            problems.Add("The path of --config is empty; give the path of a file, or leave --config out");
            return [];
        }

        byte[] json;
        try
        {
            json = File.ReadAllBytes(path);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException or ArgumentException)
        {
            problems.Add($"The file of --config cannot be read: {exception.Message}");
            return [];
        }

        if (json.AsSpan().StartsWith(Encoding.UTF8.Preamble)) json = json[Encoding.UTF8.Preamble.Length..];
        try
        {
            return Leaves(json);
        }
        catch (JsonException exception)
        {
            problems.Add($"The file of --config, {path}, {JsonFault.Describe(json, exception)}");
            return [];
        }
    }

    private static List<(string Name, string? Text)> Leaves(byte[] json)
    {
        var leaves = new List<(string, string?)>();
        var reader = new Utf8JsonReader(json, Lenient);
        reader.Read();
        if (reader.TokenType != JsonTokenType.StartObject) throw JsonFault.At(json, reader.TokenStartIndex, "the settings must be in one object, { }");
        AddObject(ref reader, json, "", leaves);
        // Throws where something follows the object.
        reader.Read();
        return leaves;
    }

    private static void AddObject(ref Utf8JsonReader reader, byte[] json, string path, List<(string, string?)> leaves)
    {
        var names = new HashSet<string>(StringComparer.OrdinalIgnoreCase);
        while (reader.Read() && reader.TokenType != JsonTokenType.EndObject)
        {
            var name = TextOf(ref reader, json);
            if (!names.Add(name)) throw JsonFault.At(json, reader.TokenStartIndex, $"{path}{name} is there a second time; keep one");
            reader.Read();
            Add(ref reader, json, path + name, leaves);
        }

        if (names.Count == 0 && path.Length > 0) leaves.Add((path[..^1], null));
    }

    private static void AddArray(ref Utf8JsonReader reader, byte[] json, string name, List<(string, string?)> leaves)
    {
        var index = 0;
        for (; reader.Read() && reader.TokenType != JsonTokenType.EndArray; index++)
            Add(ref reader, json, string.Create(CultureInfo.InvariantCulture, $"{name}:{index}"), leaves);

        // An empty list is a value: it takes that of a lower source back.
        if (index == 0) leaves.Add((name, ""));
    }

    private static void Add(ref Utf8JsonReader reader, byte[] json, string name, List<(string, string?)> leaves)
    {
        switch (reader.TokenType)
        {
            case JsonTokenType.StartObject:
                AddObject(ref reader, json, name + ":", leaves);
                break;
            case JsonTokenType.StartArray:
                AddArray(ref reader, json, name, leaves);
                break;
            case JsonTokenType.String:
                leaves.Add((name, TextOf(ref reader, json)));
                break;
            case JsonTokenType.Null:
                leaves.Add((name, null));
                break;
            default:
                // A number, true or false, as it is written.
                leaves.Add((name, Encoding.UTF8.GetString(reader.ValueSpan)));
                break;
        }
    }

    private static string TextOf(ref Utf8JsonReader reader, byte[] json)
    {
        try
        {
            return reader.GetString()!;
        }
        catch (InvalidOperationException)
        {
            // An escape such as \ud800 alone, or bytes that are not UTF-8.
            throw JsonFault.At(json, reader.TokenStartIndex, "this text holds half a character");
        }
    }
}
