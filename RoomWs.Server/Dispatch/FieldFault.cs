using System.Reflection;
using System.Text.Json;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;
using RoomWs.Protocol;
using RoomWs.Protocol.Connection;

namespace RoomWs.Server.Dispatch;

/// <summary>Says which field of a message does not fit its contract, and what would. Only ever runs on a message that was refused.</summary>
internal static class FieldFault
{
    public static ErrorReply Explain(JsonTypeInfo contract, JsonException fault, ReadOnlySpan<byte> message)
    {
        var field = fault.Path is { Length: > 2 } path && path.StartsWith("$.", StringComparison.Ordinal) ? path[2..] : null;
        if (field is null && Missing(contract, message) is { } missing)
        {
            return Invalid($"{missing.Name} is missing; it must be {Expected(missing.PropertyType)}.");
        }

        if (field is null) return Invalid("The message does not fit its type.");
        if (IsThereTwice(field, message)) return Invalid($"{field} must not be there twice.");
        return Property(contract, field) is { } property
            ? Invalid($"{field} must be {Expected(property.PropertyType)}.")
            : Invalid($"{field} is not of the kind that it must be.");
    }

    private static bool IsThereTwice(string path, ReadOnlySpan<byte> message)
    {
        var reader = new Utf8JsonReader(message);
        using var document = JsonDocument.ParseValue(ref reader);
        var at = document.RootElement;
        foreach (var name in path.Split('.', '['))
        {
            if (at.ValueKind != JsonValueKind.Object) return false;
            var values = at.EnumerateObject().Where(property => property.NameEquals(name)).Select(property => property.Value).ToList();
            if (values.Count != 1) return values.Count > 1;
            at = values[0];
        }

        return false;
    }

    private static JsonPropertyInfo? Missing(JsonTypeInfo contract, ReadOnlySpan<byte> message)
    {
        var reader = new Utf8JsonReader(message);
        using var document = JsonDocument.ParseValue(ref reader);
        foreach (var property in contract.Properties)
        {
            if (property.IsRequired && !document.RootElement.TryGetProperty(property.Name, out _)) return property;
        }

        return null;
    }

    /// <summary>The property that a path such as <c>patch.name</c> or <c>userIds[3]</c> leads to.</summary>
    private static JsonPropertyInfo? Property(JsonTypeInfo contract, string path)
    {
        JsonPropertyInfo? property = null;
        JsonTypeInfo? at = contract;
        foreach (var step in path.Split('.'))
        {
            var name = step.Split('[')[0];
            property = at?.Properties.FirstOrDefault(candidate => candidate.Name == name);
            if (property is null) return null;
            at = property.Options.GetTypeInfo(property.PropertyType);
        }

        return property;
    }

    private static string Expected(Type type)
    {
        if (Nullable.GetUnderlyingType(type) is { } inner) return Expected(inner);
        if (type.IsGenericType && type.GetGenericTypeDefinition() == typeof(Optional<>)) return Expected(type.GenericTypeArguments[0]);
        if (type.IsEnum) return "one of " + string.Join(", ", type.GetFields(BindingFlags.Public | BindingFlags.Static).Select(WireName));
        if (type == typeof(string)) return "a string";
        if (type == typeof(bool)) return "true or false";
        if (type == typeof(int) || type == typeof(long)) return "an integer";
        return typeof(IEnumerable<string>).IsAssignableFrom(type) ? "an array of strings" : "an object";
    }

    private static string WireName(FieldInfo value) =>
        value.GetCustomAttribute<JsonStringEnumMemberNameAttribute>()?.Name ?? value.Name;

    private static ErrorReply Invalid(string message) => new(ErrorCode.ValidationError, message);
}
