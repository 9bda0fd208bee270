using System.Text.Json;
using System.Text.Json.Serialization;

namespace RoomWs.Protocol;

/// <summary>A field of a patch: absent means "leave it", present sets it, and a present <c>null</c> clears it.</summary>
/// <param name="Value">What to set; meaningless unless <see cref="IsSet"/>.</param>
/// <typeparam name="T">The kind of the field.</typeparam>
public readonly record struct Optional<T>(T? Value)
{
    /// <summary>Whether the field was there at all.</summary>
    public bool IsSet { get; } = true;

    /// <summary>The value where set, else <paramref name="present"/>.</summary>
    /// <param name="present">What the field holds now.</param>
    public T? Or(T? present) => IsSet ? Value : present;

    /// <summary>A set field.</summary>
    /// <param name="value">What it is set to.</param>
    public static implicit operator Optional<T>(T? value) => new(value);
}

/// <summary>Tells <c>null</c> from absent, which a nullable property cannot.</summary>
/// <typeparam name="T">The kind of the field.</typeparam>
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

    // The converter itself, not a call of the serializer: so that a fault is reported with its place in the whole message.
    private static JsonConverter<T> Inner(JsonSerializerOptions options) => (JsonConverter<T>)options.GetConverter(typeof(T));
}
