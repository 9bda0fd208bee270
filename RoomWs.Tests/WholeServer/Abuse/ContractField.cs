using System.Collections;
using System.Text.Json.Nodes;
using RoomWs.Protocol;
using RoomWs.Server.Dispatch;

namespace RoomWs.Tests.WholeServer.Abuse;

/// <summary>What a contract has a value for, and where in the request that is: names of fields, and <c>0</c> for the one entry of a list of objects.</summary>
/// <param name="Path">From the request inwards.</param>
/// <param name="Type">Of the value, without what only says that it may be absent.</param>
/// <param name="IsRequired">Whether the request is none without it.</param>
internal sealed record ContractField(string[] Path, Type Type, bool IsRequired)
{
    /// <summary>The entry of a list that stands for all of them.</summary>
    private const string Entry = "0";

    public bool IsNumber => Type == typeof(int) || Type == typeof(long) || Type == typeof(double);

    public bool IsList => ListedIn(Type) is not null;

    /// <summary>The fields of a command in the order of its contract; a list of objects behind the fields of its entries, which are made large before they are many.</summary>
    public static IReadOnlyList<ContractField> Of(Command command) => [.. In(ContractOf(command), [])];

    /// <summary>The value that a request has here; null where it has none.</summary>
    public JsonNode? Value(JsonObject request)
    {
        JsonNode? at = request;
        foreach (var step in Path) at = at is JsonArray list ? list.FirstOrDefault() : at?[step];
        return at;
    }

    /// <summary>The request with another value here, or with none; objects and lists around it are made.</summary>
    public JsonObject With(JsonObject request, JsonNode? value)
    {
        var copy = request.DeepClone().AsObject();
        JsonNode at = copy;
        foreach (var (i, step) in Path.Index().SkipLast(1)) at = Inside(at, step, isList: Path[i + 1] == Entry);
        if (at is JsonArray entries) entries[0] = value?.DeepClone();
        else if (value is null) at.AsObject().Remove(Path[^1]);
        else at[Path[^1]] = value.DeepClone();
        return copy;
    }

    public override string ToString() => string.Join('.', Path);

    private static Type ContractOf(Command command)
    {
        for (var type = command.GetType(); type is not null; type = type.BaseType)
        {
            if (type.IsGenericType && type.GetGenericTypeDefinition() == typeof(Command<>)) return type.GetGenericArguments()[0];
        }

        throw new InvalidOperationException($"{command.Type} has no contract.");
    }

    private static IEnumerable<ContractField> In(Type contract, string[] path)
    {
        var properties = ProtocolJson.Wire.GetTypeInfo(contract)?.Properties ?? throw new InvalidOperationException($"{contract.Name} is no message of the protocol.");
        foreach (var property in properties.Where(property => property.Get is not null))
        {
            var (type, here) = (Plain(property.PropertyType), (string[])[.. path, property.Name]);
            var inner = ListedIn(type) is { } entry ? (IsObject(entry) ? In(entry, [.. here, Entry]) : []) : IsObject(type) ? In(type, here) : [];
            foreach (var field in inner) yield return field;
            if (!IsObject(type)) yield return new ContractField(here, type, property.IsRequired);
        }
    }

    private static Type Plain(Type type) =>
        Nullable.GetUnderlyingType(type) ?? (type.IsGenericType && type.GetGenericTypeDefinition() == typeof(Optional<>) ? Plain(type.GetGenericArguments()[0]) : type);

    private static Type? ListedIn(Type type) => type != typeof(string) && type.IsAssignableTo(typeof(IEnumerable)) ? Plain(type.GetGenericArguments()[0]) : null;

    private static bool IsObject(Type type) => type.IsClass && type != typeof(string) && ListedIn(type) is null;

    private static JsonNode Inside(JsonNode at, string step, bool isList)
    {
        if (at is JsonArray entries) return entries[0]!;
        if (at[step] is { } there) return there;
        JsonNode made = isList ? new JsonArray(new JsonObject()) : new JsonObject();
        at[step] = made;
        return made;
    }
}
