using System.Text.Json;

namespace RoomWs.Tests.WholeServer.Hostile;

/// <summary>JSON as a tree of text, which can be changed into what no writer of JSON would write.</summary>
internal sealed class JsonText
{
    private readonly string? _text;

    private JsonText(string? text, bool isObject) => (_text, IsObject) = (text, isObject);

    public bool IsObject { get; }

    /// <summary>Names, quotes included, and values; an array's items have no names.</summary>
    public List<(string Name, JsonText Value)> Children { get; } = [];

    /// <summary>A value that is just this text.</summary>
    public static JsonText Raw(string text) => new(text, isObject: false);

    public static JsonText Object() => new(null, isObject: true);

    public static JsonText Array() => new(null, isObject: false);

    public static JsonText Of(JsonElement element)
    {
        switch (element.ValueKind)
        {
            case JsonValueKind.Object:
                var fields = Object();
                foreach (var field in element.EnumerateObject()) fields.Children.Add(($"\"{field.Name}\"", Of(field.Value)));
                return fields;
            case JsonValueKind.Array:
                var items = Array();
                foreach (var item in element.EnumerateArray()) items.Children.Add(("", Of(item)));
                return items;
            default:
                return Raw(element.GetRawText());
        }
    }

    /// <summary>Every field and item, wherever in it.</summary>
    public IEnumerable<(JsonText Parent, int Index)> Places()
    {
        for (var i = 0; i < Children.Count; i++)
        {
            yield return (this, i);
            foreach (var place in Children[i].Value.Places()) yield return place;
        }
    }

    public override string ToString()
    {
        if (_text is not null) return _text;
        var children = string.Join(',', Children.Select(child => child.Name.Length == 0 ? $"{child.Value}" : $"{child.Name}:{child.Value}"));
        return IsObject ? $"{{{children}}}" : $"[{children}]";
    }
}
