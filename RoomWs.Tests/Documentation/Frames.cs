using System.Text.Json.Nodes;
using System.Text.RegularExpressions;

namespace RoomWs.Tests.Documentation;

/// <summary>Makes two frames comparable: what the server makes up itself counts only by its kind.</summary>
internal static partial class Frames
{
    private static readonly string[] MadeByServer =
        ["createdAt", "updatedAt", "joinedAt", "timestamp", "serverTime", "connectionId", "reconnectAfterMs", "retryAfterMs"];

    /// <summary>The frame in one form, whatever its white space and its order of fields; a close as it is.</summary>
    public static string Comparable(string frame) => frame.StartsWith('{') ? Comparable(JsonNode.Parse(frame))!.ToJsonString() : frame;

    private static JsonNode? Comparable(JsonNode? node) => node switch
    {
        JsonObject fields => new JsonObject(fields
            .OrderBy(field => field.Key, StringComparer.Ordinal)
            .Select(field => KeyValuePair.Create(
                field.Key,
                MadeByServer.Contains(field.Key) ? JsonValue.Create($"({field.Value?.GetValueKind()})") : Comparable(field.Value)))),
        JsonArray items => new JsonArray([.. items.Select(Comparable)]),
        JsonValue value when value.TryGetValue(out string? text) && ServerMadeRoomId().IsMatch(text) => JsonValue.Create("(room id)"),
        _ => node?.DeepClone(),
    };

    [GeneratedRegex("^room_[0-9A-Z]{26}$", RegexOptions.None, matchTimeoutMilliseconds: 1_000)]
    private static partial Regex ServerMadeRoomId();
}
