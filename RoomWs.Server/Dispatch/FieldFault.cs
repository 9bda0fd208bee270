using System.Collections;
using System.Reflection;
using System.Text.Json;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;
using RoomWs.Protocol;
using RoomWs.Protocol.Connection;

namespace RoomWs.Server.Dispatch;

/// <summary>Explains which field of a message does not fit its contract, and what would fit. Slow, so it runs only on a message that is refused.</summary>
internal static class FieldFault
{
    public static ErrorReply Explain(JsonTypeInfo contract, JsonException fault, ReadOnlySpan<byte> message)
    {
        var field = fault.Path is { Length: > 2 } path && path.StartsWith("$.", StringComparison.Ordinal) ? path[2..] : null;
        if (field is null && Missing(contract, message) is { } missing)
        {
            return FieldRules.Invalid($"{missing.Name} is missing; it must be {Expected(missing.PropertyType, contract.Options)}.");
        }

        if (field is null) return FieldRules.Invalid("The message does not fit its type.");
        if (IsThereTwice(field, message)) return FieldRules.Invalid($"{field} must not be there twice.");
        return TypeOf(contract, field) is { } type
            ? FieldRules.Invalid($"{field} must be {Expected(type, contract.Options)}.")
            : FieldRules.Invalid($"{field} is not of the kind that it must be.");
    }

    private static bool IsThereTwice(string path, ReadOnlySpan<byte> message)
    {
        var reader = new Utf8JsonReader(message);
        using var document = JsonDocument.ParseValue(ref reader);
        var at = document.RootElement;
        foreach (var name in path.Split('.', '['))
        {
            if (at.ValueKind != JsonValueKind.Object) return false;
            var values = at.EnumerateObject().Where(property => IsNamed(property, name)).Select(property => property.Value).ToList();
            if (values.Count != 1) return values.Count > 1;
            at = values[0];
        }

        return false;
    }

    private static bool IsNamed(JsonProperty property, string name)
    {
        try
        {
            return property.NameEquals(name);
        }
        catch (InvalidOperationException)
        {
            // A name with half a surrogate pair: valid JSON, but not valid text, so it is not this name.
            return false;
        }
    }

    private static JsonPropertyInfo? Missing(JsonTypeInfo contract, ReadOnlySpan<byte> message)
    {
        var reader = new Utf8JsonReader(message);
        using var document = JsonDocument.ParseValue(ref reader);
        foreach (var property in contract.Properties)
        {
            if (property.IsRequired && !document.RootElement.EnumerateObject().Any(present => IsNamed(present, property.Name))) return property;
        }

        return null;
    }

    /// <summary>The type that a path such as <c>patch.name</c> or <c>userIds[3]</c> leads to. Null if the contract has no such path.</summary>
    private static Type? TypeOf(JsonTypeInfo contract, string path)
    {
        Type? type = null;
        var at = contract;
        foreach (var step in path.Split('.'))
        {
            var name = step.Split('[')[0];
            if (at.Properties.FirstOrDefault(candidate => candidate.Name == name) is not { } property) return null;
            type = property.PropertyType;
            if (step.EndsWith(']') && type.IsGenericType) type = type.GenericTypeArguments[0];
            at = contract.Options.GetTypeInfo(type);
        }

        return type;
    }

    private static string Expected(Type type, JsonSerializerOptions options)
    {
        if (Nullable.GetUnderlyingType(type) is { } inner) return Expected(inner, options);
        if (type.IsGenericType && type.GetGenericTypeDefinition() == typeof(Optional<>)) return Expected(type.GenericTypeArguments[0], options);
        if (type.IsEnum) return "one of " + string.Join(", ", type.GetFields(BindingFlags.Public | BindingFlags.Static).Select(WireName));
        if (type == typeof(string)) return "a string";
        if (type == typeof(bool)) return "true or false";
        if (type == typeof(int) || type == typeof(long)) return "an integer";
        if (type == typeof(double)) return "a number";
        if (typeof(IEnumerable<string>).IsAssignableFrom(type)) return "an array of strings";
        if (typeof(IEnumerable).IsAssignableFrom(type)) return "an array of objects";

        var required = string.Join(" and ", options.GetTypeInfo(type).Properties.Where(property => property.IsRequired).Select(property => property.Name));
        return required.Length == 0 ? "an object" : $"an object with {required}";
    }

    private static string WireName(FieldInfo value) =>
        value.GetCustomAttribute<JsonStringEnumMemberNameAttribute>()?.Name ?? value.Name;
}
