using System.Text.Json;

namespace RoomWs.Tests.Support;

/// <summary>Short ways to what tests ask of a message.</summary>
internal static class Frames
{
    public static string Type(this JsonElement frame) => frame.Text("type");

    /// <summary>The code of an ERROR; null of any other message.</summary>
    public static string? Code(this JsonElement frame) => frame.Type() == "ERROR" ? frame.Text("code") : null;

    public static string Message(this JsonElement frame) => frame.Text("message");

    public static long Version(this JsonElement frame) => frame.GetProperty("version").GetInt64();

    public static string Text(this JsonElement frame, string name) => frame.GetProperty(name).GetString()!;

    public static long Number(this JsonElement frame, string name) => frame.GetProperty(name).GetInt64();

    public static bool Has(this JsonElement frame, string name) => frame.TryGetProperty(name, out _);

    public static bool IsNull(this JsonElement frame, string name) => frame.GetProperty(name).ValueKind == JsonValueKind.Null;

    public static string[] Texts(this JsonElement frame, string name) =>
        [.. frame.GetProperty(name).EnumerateArray().Select(item => item.GetString()!)];

    public static JsonElement Room(this JsonElement frame) => frame.GetProperty("room");

    public static JsonElement Meta(this JsonElement room) => room.GetProperty("meta");

    /// <summary>Members with their roles in order of joining, such as "alice=OWNER bob=MEMBER".</summary>
    public static string Roster(this JsonElement room)
    {
        var roles = room.GetProperty("roles");
        var members = room.Texts("members");
        if (roles.EnumerateObject().Count() != members.Length) throw new InvalidOperationException($"Members and roles differ: {room.GetRawText()}");
        return string.Join(' ', members.Select(member => $"{member}={roles.GetProperty(member).GetString()}"));
    }

    /// <summary>The message without its correlationId, to compare a reply with its broadcast.</summary>
    public static string Body(this JsonElement frame) =>
        string.Join(',', frame.EnumerateObject().Where(field => field.Name != "correlationId").Select(field => $"{field.Name}:{field.Value.GetRawText()}"));
}
