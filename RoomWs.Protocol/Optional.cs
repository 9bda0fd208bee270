using System.Text.Json;
using System.Text.Json.Serialization;

namespace RoomWs.Protocol;

/// <summary>A field of a patch. If absent, the value stays; if present, it is set; if present with <c>null</c>, it is cleared.</summary>
/// <param name="Value">The new value. Has no meaning unless <see cref="IsSet"/>.</param>
/// <typeparam name="T">The type of the field.</typeparam>
public readonly record struct Optional<T>(T? Value)
{
    /// <summary>Whether the field was present.</summary>
    public bool IsSet { get; } = true;

    /// <summary>Returns the value if it is set, otherwise <paramref name="present"/>.</summary>
    /// <param name="present">The current value.</param>
    public T? Or(T? present) => IsSet ? Value : present;

    /// <summary>Makes a field that is set.</summary>
    /// <param name="value">The new value; null to clear the field.</param>
    public static implicit operator Optional<T>(T? value) => new(value);
}

/// <summary>Distinguishes <c>null</c> from absent, which a nullable property cannot.</summary>
/// <typeparam name="T">The type of the field.</typeparam>
internal sealed class OptionalConverter<T> : JsonConverter<Optional<T>>
{
    public override bool HandleNull => true;

    public override Optional<T> Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
        new(reader.TokenType == JsonTokenType.Null ? default : Inner(options).Read(ref reader, typeof(T), options));

    public override void Write(Utf8JsonWriter writer, Optional<T> value, JsonSerializerOptions options)
    {
        if (value.Value is null) writer.WriteNullValue();
        else Inner(options).Write(writer, value.Value, options);
    }

    // Call the converter, not the serializer, so that an error is reported with its position in the whole message.
    private static JsonConverter<T> Inner(JsonSerializerOptions options) => (JsonConverter<T>)options.GetConverter(typeof(T));
}
