using System.Reflection;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace RoomWs.Protocol;

/// <summary>
/// Reads and writes an enum by its wire names only. The serializer's own converter would also accept numbers and lists such as
/// "ADMIN, MEMBER", and so create values that are not defined.
/// </summary>
/// <typeparam name="T">The enum.</typeparam>
internal sealed class WireEnum<T> : JsonConverter<T>
    where T : struct, Enum
{
    private static readonly Dictionary<T, string> Names = typeof(T)
        .GetFields(BindingFlags.Public | BindingFlags.Static)
        .ToDictionary(
            field => (T)field.GetValue(null)!,
            field => field.GetCustomAttribute<JsonStringEnumMemberNameAttribute>()?.Name ?? field.Name);

    private static readonly Dictionary<string, T> Values = Names.ToDictionary(name => name.Value, name => name.Key, StringComparer.Ordinal);

    public override T Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
        reader.TokenType == JsonTokenType.String && Values.TryGetValue(reader.GetString()!, out var value) ? value : throw new JsonException();

    public override void Write(Utf8JsonWriter writer, T value, JsonSerializerOptions options) => writer.WriteStringValue(Names[value]);
}
